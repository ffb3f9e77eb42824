"""`pbx lsp`: the language server, which an editor starts and talks to over standard input and output."""

from __future__ import annotations


def lsp() -> None:
    """Answer an editor over standard input and output: findings as you type, completion, hover, definitions."""
    import os
    import sys

    from .editor.server import make

    # The server closes what it writes to, and whatever else is printed must not come between its messages.
    protocol = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    make().start_io(stdout=protocol)
