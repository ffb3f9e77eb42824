"""The history of a provider's folder in Git: its commits, and its files at any of them."""

from .command import ask
from .commits import GitCommits, uncommitted
from .laid_down import laid_down
from .revisions import GitRevisions

__all__ = ["GitCommits", "GitRevisions", "ask", "laid_down", "uncommitted"]
