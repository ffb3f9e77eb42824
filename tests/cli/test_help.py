"""`--help` of every command shows how it is used, with words that the command takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from provisioner.cli import application, main
from provisioner.cli.examples import EXAMPLES


def leaves() -> Iterator[tuple[str, Any]]:
    """Words of each command that does something → the command."""

    def below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
        known = getattr(command, "commands", None)
        if known is None:
            yield words, command
        for name, each in (known or {}).items():
            yield from below(f"{words} {name}", each)

    for name in main.COMMANDS:
        yield from below(name, typer.main.get_command(application.build(main.COMMANDS, name)).commands[name])  # type: ignore[attr-defined]


COMMANDS = dict(leaves())


def test_building_again_shows_the_same() -> None:
    assert {words: each.help for words, each in leaves()} == {words: each.help for words, each in leaves()}


def test_every_example_is_one_of_a_command() -> None:
    assert set(EXAMPLES) <= set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS)
def test_help_shows_an_example(words: str) -> None:
    assert f"pbx {words}" in COMMANDS[words].help


@pytest.mark.parametrize(("words", "line"), [(words, line) for words, lines in EXAMPLES.items() for line in lines])
def test_an_example_takes_what_the_command_takes(words: str, line: str) -> None:
    called = shlex.split(line.partition(" > ")[0])[1 + len(words.split()) :]
    options = {option for each in COMMANDS[words].params for option in each.opts} | application.GLOBAL_OPTIONS.keys()
    if words in ("lab shell", "cluster shell"):  # what comes after the first word belongs to another program
        called = called[:1]
    for word in called:
        if word.startswith("-"):
            assert word in options, f"{line}: no option {word}"


def test_help_is_shown_with_the_examples_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", "--help"]) == 0
    lines = [each.strip() for each in capsys.readouterr().out.splitlines()]
    first = lines.index("Examples:")
    assert lines[first + 1 : first + 3] == list(EXAMPLES["validate"])
