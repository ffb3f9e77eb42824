"""The typer application: the command that is called, and the options that every command has in common."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.completion

from provisioner import __version__

from . import screen
from .screen import Color

if TYPE_CHECKING:
    from typer.models import CommandInfo

    from .commands import Command

GLOBAL_OPTIONS: dict[str, int] = {"--color": 1, "-q": 0, "--quiet": 0, "-v": 0, "-vv": 0, "--verbose": 0, "--debug": 0}
"""Options of `pbx` itself and how many values each takes; they may stand anywhere before `--`."""

PASSES_ON = ["lab", "shell"]
"""The command whose words after it belong to another program."""


def call(commands: Mapping[str, Command], arguments: Sequence[str]) -> Any:
    """Runs what the arguments ask for; returns what the command returns."""
    ordered = hoisted(arguments) or ["--help"]
    name = called(commands, ordered)
    app = names_alone(commands) if "_PBX_COMPLETE" in os.environ and not name else build(commands, name)
    return app(args=ordered, prog_name="pbx", standalone_mode=False)


def names_alone(commands: Mapping[str, Command]) -> typer.Typer:
    """An application for completing the name of a command.

    It has no options at all: typer reads the value of any option by pydantic, whose import takes longer than a person
    who presses the tabulator should wait.
    """
    typer.completion.completion_init()  # type: ignore[attr-defined]  # what get_command calls with add_completion
    app = typer.Typer(name="pbx", add_completion=False, add_help_option=False)
    app.callback()(_stand_in)
    for name, command in commands.items():
        app.command(name, help=command.summary)(_stand_in)
    return app


def build(commands: Mapping[str, Command], name: str) -> typer.Typer:
    """The application with the command `name` alone, or with a stand-in for each where `name` is none of them."""
    app = typer.Typer(name="pbx", help="The hosted PBX as code.", pretty_exceptions_enable=False)
    app.callback()(_common)
    if name in commands:
        commands[name].mount(app, name)
        for command in app.registered_commands:
            command.epilog = "Options of every command, such as --color and --debug: pbx --help"
            _show_examples(command, name)
        for group in app.registered_groups:
            for command in group.typer_instance.registered_commands if group.typer_instance else ():
                own = command.name or typer.main.get_command_name(getattr(command.callback, "__name__", ""))
                _show_examples(command, f"{name} {own}")
        return app
    for each, command_ in commands.items():
        app.command(each, help=command_.summary)(_stand_in)
    return app


def _show_examples(command: CommandInfo, words: str) -> None:
    from .examples import with_examples

    # The commands of a group outlive this application: what they tell is taken from its source, or a second
    # application of the same process would show the examples twice.
    command.help = with_examples(inspect.getdoc(command.callback) or "", words)


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the options of `pbx` itself first, wherever they were written before `--`."""
    front: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        each = left.pop(0)
        if each == "--" or rest == PASSES_ON:
            rest += [each, *left]
            break
        count = GLOBAL_OPTIONS.get(each.partition("=")[0])
        if count is None:
            rest.append(each)
            continue
        front.append(each)
        if count and "=" not in each and left:
            front.append(left.pop(0))
    return front + rest


def called(commands: Mapping[str, Command], ordered: Sequence[str]) -> str:
    """The command that is called or, while a shell completes a line, the one that stands on the line."""
    if "_PBX_COMPLETE" in os.environ:
        line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS", "")
        ordered = hoisted(line.split()[1:])
    words = iter(ordered)
    for each in words:
        if GLOBAL_OPTIONS.get(each):
            next(words, None)
        elif not each.startswith("-"):
            return each if each in commands else ""
    return ""


def _stand_in() -> None:
    """Never runs: a command that is called by its name is mounted whole."""


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"pbx {__version__}")
        raise typer.Exit


def _common(
    color: Annotated[Color, typer.Option(envvar="PBX_COLOR", help="When to color.")] = Color.AUTO,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", envvar="PBX_QUIET", help="Say only what is wrong.")] = False,
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, envvar="PBX_VERBOSE", help="Say more; -vv: all of it.")
    ] = 0,
    debug: Annotated[bool, typer.Option("--debug", envvar="PBX_DEBUG", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    screen.use(screen.Screen(color, -1 if quiet else verbose, debug))
