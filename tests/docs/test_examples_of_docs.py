"""Examples in the documentation are programs: those that need no lab are run, all others are commands that exist."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.sounds import LocalSoundMaker
from provisioner.cli import application, main
from provisioner.core.artifacts import Recording
from provisioner.pipeline import rulebook
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate

ROOT = Path(__file__).parents[2]
OFFLINE = {"validate", "explain", "render", "schema", "graph", "trace", "report"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "provisioner").rglob("README.md"))]
PAGES += sorted((ROOT / "examples").rglob("*.md"))
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


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_every_code_that_a_page_names_is_a_rule(page: Path) -> None:
    named = set(re.findall(r"`([A-Z]\d{3})`", page.read_text(encoding="utf-8")))
    assert named <= set(rulebook.rules())


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
    offline = name in OFFLINE or (name == "invoice-basis" and "--folder" in words)
    if not offline or "--before" in words:  # which needs a folder in Git
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
    """Whether the shown lines stand in the output in this order; `…` stands for any lines or the rest of one.
    Nothing shown: nothing comes out."""
    if not shown:
        return not printed
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


def test_what_the_readme_shows_of_a_tenant_file_stands_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    ((name, shown),) = re.findall(r"^```yaml\n# (examples/\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert fits(shown, (ROOT / name).read_text(encoding="utf-8"))


def test_the_machines_of_the_readme_are_an_environment(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(environments:.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest, _, _ = (ROOT / "examples/provider.yaml").read_text(encoding="utf-8").partition("environments:")
    (tmp_path / "provider.yaml").write_text(rest + block, encoding="utf-8")
    assert main.run(["validate", "--folder", str(tmp_path)]) == 0


def test_the_examples_audio_file_can_be_tried(tmp_path: Path) -> None:
    text = (ROOT / "examples/prompts/README.md").read_text(encoding="utf-8")
    first, _ = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["sh", "-euc", first], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)
    folder = load(tmp_path / "examples")
    found = validate(folder)
    sound = found.scopes["kiosken"].sounds["closed"][""]
    assert isinstance(sound, Recording)
    (made,) = LocalSoundMaker(folder.root, cache=tmp_path).make([sound]).values()
    assert 2 < NumpyEar().seconds(Path(made).read_bytes()) < 10


def test_the_examples_of_a_fresh_clone_lack_what_setup_makes(tmp_path: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "examples"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, tracked.stdout.split("\0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    assert [each.code for each in validate(load(tmp_path / "examples")).findings] == ["P102"]
    (made,) = [line for line in (ROOT / "bin/setup").read_text(encoding="utf-8").splitlines() if "make.py" in line]
    subprocess.run([sys.executable, made.split()[1]], cwd=tmp_path, check=True)
    assert validate(load(tmp_path / "examples")).findings == []
    found = hashlib.sha256((tmp_path / "examples/prompts/signature.wav").read_bytes()).hexdigest()
    assert found == "28803b6a6b0f29418a713815e0a52e0b0245d1eeab1697d0ee1c4fdbea2b4731", "other bytes on this machine"
