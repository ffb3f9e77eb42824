"""The memory of builds: whatever becomes of its file, what it says is right or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from provisioner.adapters import builds as module
from provisioner.adapters.builds import BuildMemory, tool
from provisioner.core.ports.builds import Remembered

ONE, TWO = Remembered("k1", '{"a": 1}'), Remembered("k2", "å")


def everything(digests: Iterable[str]) -> frozenset[str]:
    return frozenset(digests)


def memory(folder: Path) -> BuildMemory:
    return BuildMemory(folder, everything)


def test_the_last_build_of_each_tenant_is_remembered(tmp_path: Path) -> None:
    memory(tmp_path).remember({"klinik": ONE, "verk": ONE})
    memory(tmp_path).remember({"klinik": TWO})
    assert memory(tmp_path).recall() == {"klinik": TWO, "verk": ONE}


def test_nothing_to_remember_makes_no_file(tmp_path: Path) -> None:
    memory(tmp_path).remember({})
    assert list(tmp_path.iterdir()) == []
    assert memory(tmp_path).recall() == {}


@pytest.mark.parametrize("rubbish", [b"", b"no database at all, but long enough to look like one" * 40])
def test_a_file_that_is_no_memory_says_nothing_and_is_replaced(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "builds.sqlite").write_bytes(rubbish)
    assert memory(tmp_path).recall() == {}
    memory(tmp_path).remember({"klinik": ONE})
    assert memory(tmp_path).recall() == {"klinik": ONE}


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    memory(tmp_path / "not" / "there").remember({"klinik": ONE})
    assert memory(tmp_path / "not" / "there").recall() == {}


def test_a_run_that_is_killed_while_it_writes_leaves_the_earlier_build(tmp_path: Path) -> None:
    memory(tmp_path).remember({"klinik": ONE})
    half = sqlite3.connect(tmp_path / "builds.sqlite")
    half.execute("UPDATE builds SET key = 'half'")  # never committed
    assert memory(tmp_path).recall() == {"klinik": ONE}
    half.close()
    assert memory(tmp_path).recall() == {"klinik": ONE}


def test_another_line_of_the_tool_is_another_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    file = tmp_path / "rule.py"
    file.write_text("a = 1\n")
    first = tool()
    assert tool() == first
    file.write_text("a = 10\n")
    assert tool() != first
    second = tool()
    (tmp_path / "more.cfg").write_text("x")
    assert tool() != second
