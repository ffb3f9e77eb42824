"""The command `pbx`: which command lives where, and what every command has in common.

Only the module of the command that is called is imported, so that `--version`, completion and `validate` start fast.
Errors of the `PbxError` family end in one message on stderr and the exit code of their class.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from provisioner import __version__
from provisioner.core.errors import PbxError

Mount = Callable[[typer.Typer], None]


def _validate(app: typer.Typer) -> None:
    from .validate import validate

    app.command()(validate)


COMMANDS: dict[str, Mount] = {
    "validate": _validate,
}
"""name → what mounts it, in the order of `pbx --help`."""


def build(arguments: list[str]) -> typer.Typer:
    """The application with the one command that `arguments` call, or with all of them for help and completion."""
    app = typer.Typer(name="pbx", help="The hosted PBX as code.", no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(_common)
    called = arguments[0] if arguments else ""
    for mount in [COMMANDS[called]] if called in COMMANDS else COMMANDS.values():
        mount(app)
    return app


def _common(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"pbx {__version__}")
        raise typer.Exit


def main() -> None:
    """Runs the command line and ends with an exit code of the frozen table."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command; returns its exit code."""
    try:
        result = build(arguments)(args=arguments, standalone_mode=False)
    except PbxError as error:
        print(f"error: {error.message}", file=sys.stderr)
        if error.remedy:
            print(f"what now: {error.remedy}", file=sys.stderr)
        return error.exit_code
    return result if isinstance(result, int) else 0
