"""How a run that did not succeed ends: one message, the way out, and an exit code that never changes its meaning.

Text goes to stderr. Where the run was asked for JSON the same goes to stdout as a document, so that a pipeline that
reads stdout learns of fatal errors too. A traceback is shown to those who ask with `--debug`.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from provisioner.core.errors import PbxError, SpecificationInvalid

from . import screen

RUNTIME = 1
USAGE = 64
INTERNAL = 70
INTERRUPTED = 130
TERMINATED = 143

EXIT_CODES: dict[int, str] = {
    0: "success, or nothing to do",
    RUNTIME: "runtime error",
    2: "changes, differences or drift found",
    3: "specification invalid",
    4: "stopped by policy or safety limit",
    5: "partly applied, can be resumed",
    6: "lock held by somebody else",
    7: "plan stale, or not of this specification",
    8: "deployed, but verification red",
    9: "time-out",
    USAGE: "usage error",
    INTERNAL: "internal error",
    INTERRUPTED: "interrupted (SIGINT)",
    TERMINATED: "terminated (SIGTERM)",
}
"""The one table for all commands. Frozen: pipelines read these."""

_REMEDIES = {
    errno.ENOSPC: "free some space on that disk and run the same command again",
    errno.EDQUOT: "free some space on that disk and run the same command again",
    errno.EACCES: "run as a user who may, or change the mode of the file",
    errno.EPERM: "run as a user who may, usually root",
    errno.EROFS: "name a folder that can be written to",
    errno.EMFILE: "raise the limit of open files (ulimit -n) and run the same command again",
}


class Terminated(BaseException):
    """SIGTERM arrived; unwinds the stack so that everything that was begun is put away."""


def terminated(_number: int, _frame: object) -> NoReturn:
    """The handler of SIGTERM."""
    raise Terminated


def end(error: BaseException, arguments: Sequence[str]) -> int:
    """Says what happened; returns the exit code."""
    code, message, remedy = _told(error)
    if screen.current().debug or "--debug" in arguments:
        traceback.print_exception(error)
    if isinstance(error, BrokenPipeError | SystemExit):
        return code
    if isinstance(error, SpecificationInvalid) and error.findings:
        from .reports import text

        text.write(error.findings, sys.stderr)
    if _wants_json(arguments):
        told = {"exit_code": code, "kind": EXIT_CODES[code], "message": message, "remedy": remedy}
        document = {"format_version": 1, "error": told, **_findings(error)}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    print(f"error: {message}", file=sys.stderr)
    if remedy:
        print(f"what now: {remedy}", file=sys.stderr)
    return code


def _findings(error: BaseException) -> dict[str, object]:
    """The findings behind the error as `pbx validate --format json` shows them, if there are any."""
    if not isinstance(error, SpecificationInvalid) or not error.findings:
        return {}
    from .reports import Report, json_document

    return {"findings": json_document.document(Report(error.findings))["findings"]}


def _told(error: BaseException) -> tuple[int, str, str]:
    """Exit code, message and way out."""
    match error:
        case PbxError():
            return error.exit_code, error.message, error.remedy
        case KeyboardInterrupt():
            return INTERRUPTED, "interrupted", "run the same command again to go on"
        case Terminated():
            return TERMINATED, "terminated by SIGTERM", "run the same command again to go on"
        case SystemExit():
            return error.code if isinstance(error.code, int) else RUNTIME, "", ""
        case OSError() if error.errno is not None:
            place = f"{error.filename}: " if error.filename else ""
            return RUNTIME, f"{place}{os.strerror(error.errno)}", _REMEDIES.get(error.errno, "")
    return _told_of_usage(error) or (
        INTERNAL,
        f"internal error: {type(error).__name__}: {error}",
        "this is a mistake of the tool; run the command again with --debug and report what it shows",
    )


def _told_of_usage(error: BaseException) -> tuple[int, str, str] | None:
    """What typer says of a wrong call, with the help of the command that was meant; None for any other error."""
    from typer import Abort
    from typer.exceptions import TyperException

    if isinstance(error, Abort):
        return INTERRUPTED, "interrupted", ""
    if not isinstance(error, TyperException):
        return None
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "pbx"
    # What a value is checked by puts its own kind of error before what it says.
    return USAGE, error.format_message().replace("Value error, ", ""), f"see {command} --help"


def _wants_json(arguments: Sequence[str]) -> bool:
    line = " ".join(arguments)
    asked = "--format json" in line or "--format=json" in line
    return asked or ("--format" not in line and os.environ.get("PBX_FORMAT") == "json")
