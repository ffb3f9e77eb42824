"""The command `pbx`, and how every run ends.

Every way out goes through `run`, which turns it into an exit code of the frozen table (docs/reference/exit-codes.md)
and one message on stderr. Which commands there are: `commands`.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from provisioner import __version__

from . import failures
from .commands import COMMANDS


def main() -> NoReturn:
    """Runs the command line and ends with an exit code of the frozen table."""
    signal.signal(signal.SIGTERM, failures.terminated)
    _start_fast()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader went away; Python would complain again while it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _start_fast() -> None:
    gc.set_threshold(50_000)  # a start makes thousands of classes and no garbage to look for among them
    # To look for plugins pydantic reads what every installed package says of itself.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def run(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit code."""
    if list(arguments) == ["--version"]:  # spares the import of typer, which takes longer than all the rest
        print(f"pbx {__version__}")
        return 0
    try:
        from . import application

        result = application.call(COMMANDS, arguments)
    except BaseException as error:
        return failures.end(error, arguments)
    if result == failures.INTERRUPTED:  # typer turns KeyboardInterrupt into a result
        return failures.end(KeyboardInterrupt(), arguments)
    if not arguments:
        return failures.USAGE
    return result if isinstance(result, int) else 0
