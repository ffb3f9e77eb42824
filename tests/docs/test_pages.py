"""Pages as a newcomer walks through them: links lead to what they name, no guide is hidden, every command exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.cli import application, main
from tests.docs.test_examples_of_docs import PAGES, ROOT, known

LINK = re.compile(r"\]\(([^)\s:]+)\)")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELLS = ("", "sh", "console", "bash")
ALL = [*PAGES, *sorted((ROOT / "roles").rglob("*.md"))]
ENDS = {"|", ">", "&&", ";"}
"""Words of the shell that end a command."""


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as the usual forges make them."""
    heads = (line.lstrip("# ") for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """File and anchor of each link of a page to another, or to itself."""
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        name, _, anchor = target.partition("#")
        yield (page.parent / name).resolve() if name else page, anchor


def commands(text: str) -> Iterator[str]:
    """Lines of shell and code within sentences that call `pbx`."""
    for language, block in FENCED.findall(text):
        if language in SHELLS:
            yield from (line.strip().removeprefix("$ ") for line in block.splitlines())
    yield from (" ".join(each.split()) for each in re.findall(r"`(pbx [^`]+)`", FENCED.sub("", text)))


@pytest.mark.parametrize("page", ALL, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_links_lead_to_a_heading_that_is_there(page: Path) -> None:
    for target, anchor in links(page):
        assert target.exists(), f"{page} links to {target}"
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), f"{page} links to {target}#{anchor}"


@pytest.mark.parametrize("page", ALL, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    for line in commands(page.read_text(encoding="utf-8")):
        if not line.startswith("pbx ") or "COMMAND" in line:
            continue
        words = shlex.split(re.split(r"  +(?!.*\")", line)[0], comments=True)[1:]
        words = words[: next((at for at, word in enumerate(words) if word in ENDS), len(words))]
        while words and words[0] in application.GLOBAL_OPTIONS:
            words = words[1:]
        if words[0] in ("--help", "--version") or words[:2] == application.PASSES_ON:
            continue
        assert words[0] in main.COMMANDS, f"{page}: no command {words[0]}: {line}"
        known(words)


def test_every_page_is_found_from_the_readme() -> None:
    found, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in found:
            found.add(page)
            waiting += [each for each, _ in links(page) if each.suffix == ".md"]
            # A link to a folder shows what lies in it.
            waiting += [each for folder, _ in links(page) if folder.is_dir() for each in folder.glob("*.md")]
    hidden = {each.relative_to(ROOT).as_posix() for each in (ROOT / "docs").rglob("*.md")} - {
        each.relative_to(ROOT).as_posix() for each in found
    }
    assert hidden == set()


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(
        "# One `pbx` thing\n[x](b.md) [y](#one-pbx-thing) [z](#two)\n```sh\npbx plan  # so\n```\n`pbx nothing`\n"
    )
    assert [(target.name, anchor) for target, anchor in links(page)] == [
        ("b.md", ""),
        ("a.md", "one-pbx-thing"),
        ("a.md", "two"),
    ]
    assert anchors(page) == {"one-pbx-thing"}
    assert list(commands(page.read_text())) == ["pbx plan  # so", "pbx nothing"]
