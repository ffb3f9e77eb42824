"""What the bench measures is a real folder, and what it writes can be read by others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import __main__ as bench  # noqa: E402
from bench import folder, processes  # noqa: E402
from bench.figures import Figure  # noqa: E402
from provisioner.pipeline.build import build  # noqa: E402


def test_the_folder_is_valid_and_the_same_every_time(tmp_path: Path) -> None:
    folder.make(tmp_path / "one", 3)
    folder.make(tmp_path / "two", 3)
    one, two = build(tmp_path / "one"), build(tmp_path / "two")
    assert [str(each) for each in one.findings] == []
    assert [each.digests for each in one.outcomes] == [each.digests for each in two.outcomes]
    assert len({each.digests["asterisk"] for each in one.outcomes}) == 3


def test_a_run_is_measured_and_a_failure_is_not() -> None:
    spent = processes.run(sys.executable, "-c", "sum(range(10**6))")
    assert spent.cpu > 0
    assert processes.peak(sys.executable, "-c", "import time; time.sleep(0.3)") > 1
    with pytest.raises(Exception, match="exit status 3"):
        processes.run(sys.executable, "-c", "raise SystemExit(3)")


def test_a_figure_stands_beside_its_peer() -> None:
    figure = Figure("build", 6.0, "s", "pbx validate", "bare parser", 2.0)
    assert figure.document()["ratio"] == 3.0
    assert "× 3.0" in bench.row(figure)
    assert Figure("lab up", 5.0, "s", "pbx lab up").document()["ratio"] is None
    assert set(bench.document([figure])) == {"format_version", "machine", "figures"}


def test_an_unknown_measurement_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["nothing"]) == 64
    assert "validate_and_compile" in capsys.readouterr().err
