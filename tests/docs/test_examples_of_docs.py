"""Examples in the documentation are programs: those that need no lab are run, all others are commands that exist."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from provisioner.cli import application, main

ROOT = Path(__file__).parents[2]
OFFLINE = {"validate", "explain", "render", "schema"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "provisioner").rglob("README.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, str, str]]:
    """Page, command line, and the output shown below it."""
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, _, shown = part.partition("\n")
                if line.startswith("pbx "):
                    yield page.relative_to(ROOT).as_posix(), line.partition("  #")[0].strip(), shown.strip("\n")


EXAMPLES = list(examples())


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize(("page", "line", "shown"), EXAMPLES, ids=lambda each: each[:50])
def test_example(
    page: str,
    line: str,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = shlex.split(line)[1:]
    name = words[0]
    assert name in main.COMMANDS, f"{page}: no command {name}"
    if name not in OFFLINE:
        known(words)
        return
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    assert main.run(words) == 0
    out, err = capsys.readouterr()
    assert fits(shown, out + err), f"{page} shows\n{shown}\nbut this came out:\n{out + err}"


def known(words: list[str]) -> None:
    """Every option in the words is one of the command's."""
    command = typer.main.get_command(application.build(main.COMMANDS, words[0])).commands[words[0]]  # type: ignore[attr-defined]
    for word in words[1:]:
        if word in getattr(command, "commands", {}):
            command = command.commands[word]
    options = {option for each in command.params for option in each.opts} | application.GLOBAL_OPTIONS.keys()
    for word in words[1:]:
        if word.startswith("-"):
            assert word.partition("=")[0] in options, f"{' '.join(words)}: no option {word}"


def fits(shown: str, printed: str) -> bool:
    """Whether the shown lines stand in the output in this order; `…` stands for any lines or the rest of one."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_the_machines_of_the_readme_are_an_environment(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(environments:.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest, _, _ = (ROOT / "examples/provider.yaml").read_text(encoding="utf-8").partition("environments:")
    (tmp_path / "provider.yaml").write_text(rest + block, encoding="utf-8")
    assert main.run(["validate", "--folder", str(tmp_path)]) == 0
