"""What every command has in common: where options may stand, help without imports, completion, colors."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import typer

from provisioner.cli import application, main
from provisioner.cli.screen import Color, Screen

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("written", "ordered"),
    [
        (["validate", "--color", "never"], ["--color", "never", "validate"]),
        (["validate", "--color=never", "x"], ["--color=never", "validate", "x"]),
        (["validate", "-q", "-v"], ["-q", "-v", "validate"]),
        (["lab", "call", "--", "-v"], ["lab", "call", "--", "-v"]),
        (["-q", "lab", "shell", "core", "ls", "--color"], ["-q", "lab", "shell", "core", "ls", "--color"]),
        (["validate", "--folder", "f"], ["validate", "--folder", "f"]),
    ],
)
def test_options_of_pbx_may_stand_anywhere(written: list[str], ordered: list[str]) -> None:
    assert application.hoisted(written) == ordered


@pytest.mark.parametrize("name", main.COMMANDS)
def test_summary_is_the_first_line_of_the_commands_own_help(name: str) -> None:
    app = application.build(main.COMMANDS, name)
    group = typer.main.get_command(app)
    command = group.commands[name]
    assert command.get_short_help_str(200) == main.COMMANDS[name].summary


def loaded_by(*arguments: str, **environment: str) -> set[str]:
    """The modules that a run imports."""
    program = (
        "import sys\nfrom provisioner.cli.main import run\n"
        f"try:\n    run({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "print('\\n'.join(['modules', *sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PATH": "", **environment}
    )
    return set(done.stdout.partition("modules\n")[2].split())


def test_version_imports_no_framework() -> None:
    assert not loaded_by("--version") & {"typer", "pydantic", "rich", "yaml"}


def test_completion_of_a_command_imports_no_reader() -> None:
    loaded = loaded_by(_PBX_COMPLETE="complete_bash", COMP_WORDS="pbx va", COMP_CWORD="1")
    assert "typer" in loaded
    assert not loaded & {"pydantic", "rich", "yaml", "provisioner.pipeline.load"}


def test_help_imports_no_command() -> None:
    assert not {each for each in loaded_by("--help") if each.startswith("provisioner.pipeline")}


def test_validating_a_few_tenants_imports_nothing_that_others_need() -> None:
    loaded = loaded_by("validate", "--folder", str(EXAMPLES), "kiosken")
    assert "provisioner.pipeline.build" in loaded
    assert not loaded & {"rich", "multiprocessing", "pulumi", "ansible_runner", "numpy", "ruamel", "jinja2", "pyrage"}


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("flag", "environment", "stream", "colored"),
    [
        (Color.AUTO, {}, Terminal(), True),
        (Color.AUTO, {}, StringIO(), False),
        (Color.AUTO, {"TERM": "dumb"}, Terminal(), False),
        (Color.AUTO, {"NO_COLOR": "1"}, Terminal(), False),
        (Color.AUTO, {"FORCE_COLOR": "1"}, StringIO(), True),
        (Color.AUTO, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, Terminal(), False),
        (Color.ALWAYS, {"NO_COLOR": "1"}, StringIO(), True),
        (Color.NEVER, {"FORCE_COLOR": "1"}, Terminal(), False),
    ],
)
def test_when_to_color(
    flag: Color, environment: dict[str, str], stream: StringIO, colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Screen(flag).colors(stream) is colored


def test_signs_of_a_plan_are_painted_only_where_colors_show() -> None:
    lines = ["klinik", "  ! a number is given up", "  + a user is new", "nothing [bold]else[/bold]"]
    plain, painted = StringIO(), StringIO()
    Screen(Color.NEVER).changes(lines, plain)
    Screen(Color.ALWAYS).changes(lines, painted)
    assert plain.getvalue().splitlines() == lines
    assert "\x1b[1;31m  ! a number is given up" in painted.getvalue()
    assert "\x1b[32m  + a user is new" in painted.getvalue()
    assert "[bold]else" in painted.getvalue()
