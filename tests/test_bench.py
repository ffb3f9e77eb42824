"""What the bench measures is a real folder, and what it writes can be read by others."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import __main__ as bench  # noqa: E402
from bench import clone, folder, processes  # noqa: E402
from bench.figures import Figure  # noqa: E402
from provisioner.pipeline.build import build  # noqa: E402


def test_the_folder_is_valid_and_the_same_every_time(tmp_path: Path) -> None:
    folder.make(tmp_path / "one", 3)
    folder.make(tmp_path / "two", 3)
    one, two = build(tmp_path / "one"), build(tmp_path / "two")
    assert [str(each) for each in one.findings] == []
    assert [each.digests for each in one.outcomes] == [each.digests for each in two.outcomes]
    assert len({each.digests["asterisk"] for each in one.outcomes}) == 3


def test_a_folder_of_larger_tenants_is_valid_too(tmp_path: Path) -> None:
    folder.make(tmp_path / "large", 2, 120)
    assert [str(each) for each in build(tmp_path / "large", render=False).findings] == []


def test_a_run_is_measured_and_a_failure_is_not() -> None:
    spent = processes.run(sys.executable, "-c", "sum(range(10**6))")
    assert spent.cpu > 0
    assert processes.peak(sys.executable, "-c", "import time; time.sleep(0.3)") > 1
    with pytest.raises(Exception, match="exit status 3"):
        processes.run(sys.executable, "-c", "raise SystemExit(3)")


def test_settings_of_pbx_do_not_reach_what_is_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PBX_LAB", "PBX_FOLDER", "PBX_LAB_ROOT", "PBX_BENCH_TENANTS"):
        monkeypatch.setenv(name, "elsewhere")
    told = tmp_path / "told"
    processes.run(sys.executable, "-c", f"import os; open({str(told)!r}, 'w').write(' '.join(sorted(os.environ)))")
    assert [each for each in told.read_text().split() if each.startswith("PBX_")] == [
        "PBX_BENCH_TENANTS",
        "PBX_LAB_ROOT",
    ]


def test_a_figure_stands_beside_its_peer() -> None:
    figure = Figure("build", 6.0, "s", "pbx validate", "bare parser", 2.0)
    assert figure.document()["ratio"] == 3.0
    assert "× 3.0" in bench.row(figure)
    assert Figure("lab up", 5.0, "s", "pbx lab up").document()["ratio"] is None
    assert set(bench.document([figure])) == {"format_version", "machine", "figures"}


def test_an_unknown_measurement_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nothing"]) == 64
    assert "validate_and_compile" in capsys.readouterr().err


def test_measurements_are_chosen_and_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[str] = []

    def one() -> Iterator[Figure]:
        ran.append("one")
        yield Figure("one", 1.0, "s", "true")

    def two() -> Iterator[Figure]:
        ran.append("two")
        yield Figure("two", 2.0, "s", "true")

    monkeypatch.setattr(bench, "MEASUREMENTS", (one, two))
    monkeypatch.setattr(bench, "RESULT", tmp_path / "bench.json")
    for names, expected in (([], ["one", "two"]), (["two"], ["two"]), (["-two"], ["one"]), (["-one", "-two"], [])):
        ran.clear()
        assert bench.main(names) == 0
        assert ran == expected
    assert bench.main(["-three"]) == 64


def test_the_demo_of_a_fresh_clone_is_timed_by_its_steps(tmp_path: Path) -> None:
    """With a Makefile whose demo says what bin/demo says, and goes on for ever after the call."""
    steps = re.findall(r'^step "(.*)"$', (ROOT / "bin/demo").read_text(encoding="utf-8"), re.MULTILINE)
    (called,) = [line for line in (ROOT / "bin/demo").read_text(encoding="utf-8").splitlines() if clone.CALLED in line]
    said = "".join(f"\t@printf '\\n== %s\\n' '{each}' >&2\n" for each in steps[:4])
    text = f"SECONDS = 3\ndemo:\n{said}\t@{called.replace('$', '$$')}\n\t@sleep 600\n"
    (tmp_path / "Makefile").write_text(text, encoding="utf-8")
    marks = clone.demo(tmp_path, clone.own_caches(tmp_path), time.perf_counter())
    assert [name for name, _ in marks] == [
        "git clone, make setup", "The lab", "What would change", "Apply", "The first call"
    ]  # fmt: skip
    assert [seconds for _, seconds in marks] == sorted(seconds for _, seconds in marks)


def test_a_demo_without_a_call_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("demo:\n\t@echo no disk; exit 1\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="before a call:\nno disk"):
        clone.demo(tmp_path, clone.own_caches(tmp_path), time.perf_counter())
