"""The record of applies in a file, and who applies, by the user, the pipeline and Git."""

from .file import FileAuditLog
from .origin import origin

__all__ = ["FileAuditLog", "origin"]
