"""Whatever stands in a provider's folder: a finding with its place and a way out, exit 3, and nothing written.

Each case takes the worked example and spoils one thing. The code and the place are the contract; texts are compared in
the rooms' own cases.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
CLINIC = "tenants/solglantan.yaml"
Spoil = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One spoiled file and what must be said of it."""

    name: str
    spoil: Spoil
    code: str
    where: str
    """The finding's place, `file:line:column`."""
    told: str = ""
    """Part of what is said: the nearest name, the value found."""
    also: str = ""
    """A second place that has the same code."""


def edit(old: str, new: str, file: str = CLINIC) -> Spoil:
    """Replaces a text that must be there exactly once or more; the first is taken."""

    def spoil(root: Path) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text, old
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def both(*spoils: Spoil) -> Spoil:
    def spoil(root: Path) -> None:
        for each in spoils:
            each(root)

    return spoil


def append(text: str, file: str = CLINIC) -> Spoil:
    def spoil(root: Path) -> None:
        with (root / file).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return spoil


def content(data: bytes, file: str = CLINIC) -> Spoil:
    return lambda root: (root / file).write_bytes(data) and None


def sparse(root: Path) -> None:
    """A file of 200 MB that takes no room on the disk."""
    with (root / CLINIC).open("r+b") as stream:
        stream.truncate(200 * 1024 * 1024)


def instead(make: Callable[[Path], object], file: str = CLINIC) -> Spoil:
    """Puts something that is no regular file in the place of a file."""

    def spoil(root: Path) -> None:
        (root / file).unlink()
        make(root / file)

    return spoil


def line_of(text: str, file: str = CLINIC) -> int:
    lines = (EXAMPLES / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def place(text: str, column: int, file: str = CLINIC) -> str:
    """The place of a line of the examples."""
    return f"{file}:{line_of(text, file)}:{column}"


def at_end(column: int, file: str = CLINIC) -> str:
    """The place of a line that `append` added after an empty one."""
    return f"{file}:{len((EXAMPLES / file).read_text(encoding='utf-8').splitlines()) + 2}:{column}"


WHOLE = f"{CLINIC}:1:1"
KEY_ONE = '"1": ring_group:reception'

CASES = [
    Case("broken YAML", append('\nx: "never closed\n'), "Y001", at_end(4), "end of stream"),
    Case("duplicate key", append("\ncountry: NO\n"), "Y002", at_end(1), "country"),
    Case(
        "unknown key",
        edit("ring_groups:", "ring_gruops:"),
        "S001",
        place("ring_groups:", 1),
        "ring_groups",
    ),
    Case(
        "dangling reference",
        edit(KEY_ONE, '"1": ring_group:recption'),
        "R001",
        place(KEY_ONE, 12),
        "ring_group:reception",
    ),
    Case(
        "number with the end of a line",
        edit(KEY_ONE, '"1": "number:+46850100100\\n"'),
        "R001",
        place(KEY_ONE, 12),
        "is no public number",
    ),
    Case(
        "number twice",
        edit('"+46846500410": {', '"+46846500400": {'),
        "Y002",
        place('"+46846500410": {', 3),
        "+46846500400",
    ),
    Case(
        "number in two tenants",
        edit("+46313900610", "+46846500400", "tenants/nordverk.yaml"),
        "N201",
        place('"+46313900610"', 3, "tenants/nordverk.yaml"),
        "solglantan",
        also=place('"+46846500400"', 3),
    ),
    Case(
        "number outside the blocks",
        edit("+46846500410", "+46855500410"),
        "N202",
        place('"+46846500410": {', 3),
        "+46855500410",
    ),
    Case(
        "IVR loop",
        edit("exhausted: ring_group:reception", "exhausted: ivr:main"),
        "R101",
        place("exhausted: ring_group:reception", 16),
        "ivr:main",
    ),
    Case(
        "schedule that never opens",
        both(edit('mon-fri: ["08:00-12:00", "13:00-17:00"]', "{}"), edit('hours: "08:00-12:00"', "closed: yes")),
        "T101",
        place("weekly:", 5),
        "opening",
    ),
    Case(
        "missing audio file",
        edit("no-input:\n    text:", "no-input:\n    file: prompts/lost.wav\n  other:\n    text:"),
        "P102",
        f"{CLINIC}:{line_of('no-input:') + 1}:11",
        "lost.wav",
    ),
    Case("empty file", content(b""), "Y004", WHOLE),
    Case("only comments", content(b"# nothing\n"), "Y004", WHOLE),
    Case("binary file", content(bytes(range(256)) * 40), "Y004", WHOLE),
    Case("UTF-16", content("version: 1\n".encode("utf-16")), "Y004", WHOLE),
    Case("200 MB", sparse, "Y004", WHOLE, "209,715,200"),
    Case("deep nesting", append("\nprompts2: " + "[" * 5000 + "]" * 5000 + "\n"), "Y004", at_end(50), "nested"),
    Case("pipe that nobody writes to", instead(lambda path: os.mkfifo(path)), "Y004", WHOLE, "a pipe"),
    Case("device without end", instead(lambda path: path.symlink_to("/dev/zero")), "Y004", WHOLE, "device"),
    Case("link to nothing", instead(lambda path: path.symlink_to("gone.yaml")), "Y004", WHOLE, "gone.yaml"),
    Case("folder in the place of a file", instead(lambda path: path.mkdir()), "Y004", WHOLE, "a folder"),
    Case(
        "anchor", edit("time_zone: Europe", "time_zone: &zone Europe"), "Y003", place("time_zone: Europe", 12), "&zone"
    ),
    Case(
        "alias bomb",
        append("\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        "Y003",
        at_end(4),
        "&a",
    ),
    Case("second document", append("\n---\nversion: 1\n"), "Y003", at_end(1)),
    Case("list instead of a mapping", content(b"- version: 1\n"), "Y004", WHOLE),
    Case("tag that would run code", append("\nx: !!python/object/apply:os.system [id]\n"), "Y003", at_end(4)),
    Case(
        "file name that is no slug",
        lambda root: (root / CLINIC).rename(root / "tenants/Sol Gläntan.yaml") and None,
        "Y005",
        "tenants/Sol Gläntan.yaml:1:1",
    ),
    Case("provider's file broken", append('\nx: "never closed\n', "provider.yaml"), "Y001", at_end(4, "provider.yaml")),
    Case("provider's file empty", content(b"", "provider.yaml"), "Y004", "provider.yaml:1:1"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES, tmp_path / "folder"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_a_finding(case: Case, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case.spoil(root)
    before = tree(root)
    assert main.run(["validate", "--folder", str(root), "--format", "json"]) == 3
    findings = json.loads(capsys.readouterr().out)["findings"]
    places = {
        (each["code"], f"{each['file']}:{each['start']['line']}:{each['start']['column']}"): each for each in findings
    }
    assert (case.code, case.where) in places, places.keys()
    assert not case.also or (case.code, case.also) in places, places.keys()
    fitting = places[case.code, case.where]
    assert case.told in f"{fitting['message']} {fitting['nearest']}"
    assert all(each["remedy"] for each in findings)
    assert not [each for each in findings if each["code"] == "Z001"], "a check failed itself"
    assert main.run(["render", "--folder", str(root), "--out", str(root / "out")]) == 3
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert f"error[{case.code}]" in said.err
    assert tree(root) == before


def tree(root: Path) -> dict[str, str]:
    """Everything below the folder: path → digest of a file's content."""
    found = {each.relative_to(root).as_posix(): each for each in root.rglob("*")}
    small = {name: each for name, each in found.items() if each.is_file() and each.stat().st_size < 1_000_000}
    return {name: hashlib.sha256(small[name].read_bytes()).hexdigest() if name in small else "" for name in found}


def test_a_line_that_no_screen_holds_is_shown_around_the_place(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content(b"notes: " + b"[" * 100_000)(root)
    assert main.run(["validate", "--folder", str(root)]) == 3
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) < 300
    source, carets = (line.split(" | ", 1)[1] for line in said.splitlines() if " | " in line)
    assert source[carets.index("^")] == "["
    assert source.endswith("…")


@pytest.mark.parametrize("spoil", [lambda root: shutil.rmtree(root), lambda root: (root / "provider.yaml").unlink()])
def test_no_folder_is_a_usage_error(spoil: Spoil, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(root)
    assert main.run(["validate", "--folder", str(root)]) == 64
    assert "provider.yaml" in capsys.readouterr().err


def test_unknown_tenant_is_a_usage_error_with_the_nearest(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", "solgantan", "--folder", str(root)]) == 64
    assert "did you mean 'solglantan'?" in capsys.readouterr().err


def test_unreadable_file_names_file_and_way_out(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refused)  # root may read everything, so a mode would not do
    assert main.run(["validate", "--folder", str(root)]) == 1
    said = capsys.readouterr().err
    assert "Permission denied" in said
    assert "provider.yaml" in said


QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(EXAMPLES, tmp_path_factory.mktemp("fuzz") / "folder"))


def holds(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 or 3, and no check that failed itself."""
    code = main.run(["validate", "--folder", str(root), "--format", "json"])
    out, err = capsys.readouterr()
    assert code in (0, 3), err
    assert [each["message"] for each in json.loads(out)["findings"] if each["code"] == "Z001"] == []


@QUIET
@given(data=st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes, playground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (playground / CLINIC).write_bytes(data)
    holds(playground, capsys)
    shutil.copy(EXAMPLES / CLINIC, playground / CLINIC)


ODD = ["null", "~", "[]", "{}", "yes", "-1", "1e9", "0x10", "'", '"', ":", "- ", "? ", "&a", "*a", "!!set", "user:"]
FILES = st.sampled_from([CLINIC, "tenants/nordverk.yaml", "provider.yaml"])
WORDS = st.sampled_from([*ODD, "::", "𝔘", "\u0085", "\t", "9" * 5000])


@QUIET
@given(file=FILES, where=st.integers(0, 10**6), cut=st.integers(0, 60), word=WORDS)
def test_any_edit_is_survived(
    file: str, where: int, cut: int, word: str, playground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EXAMPLES / file).read_text(encoding="utf-8")
    where %= len(text)
    (playground / file).write_text(text[:where] + word + text[where + cut :], encoding="utf-8")
    holds(playground, capsys)
    (playground / file).write_text(text, encoding="utf-8")


@QUIET
@given(data=st.data(), file=FILES)
def test_any_value_in_the_place_of_another_is_survived(
    data: st.DataObject, file: str, playground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EXAMPLES / file).read_text(encoding="utf-8")
    lines = text.splitlines()
    number = data.draw(st.sampled_from([n for n, line in enumerate(lines) if ": " in line]))
    key, _, _ = lines[number].partition(": ")
    lines[number] = f"{key}: {data.draw(WORDS)}"
    (playground / file).write_text("\n".join(lines), encoding="utf-8")
    holds(playground, capsys)
    (playground / file).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"], ["verify"]], ids=lambda each: each[0])
def test_a_broken_folder_is_told_before_the_environment_is_asked(
    command: list[str], root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PBX_LAB", "never-up")
    edit(KEY_ONE, '"1": ring_group:recption')(root)
    before = tree(root)
    assert main.run([*command, "--folder", str(root)]) == 3
    said = capsys.readouterr().err
    assert "error[R001]" in said
    assert "1 error in the specification" in said
    assert tree(root) == before
