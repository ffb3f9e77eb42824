"""The table of exit codes is frozen: pipelines read it. A change here is a change of the product's contract."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from provisioner.cli import commands, failures, main
from provisioner.core import errors
from provisioner.core.findings import Located, Rule
from provisioner.core.source import Position, Span

TABLE = {
    0: "success, or nothing to do",
    1: "runtime error",
    2: "changes, differences or drift found",
    3: "specification invalid",
    4: "stopped by policy or safety limit",
    5: "partly applied, can be resumed",
    6: "lock held by somebody else",
    7: "plan stale, or not of this specification",
    8: "deployed, but verification red",
    9: "time-out",
    64: "usage error",
    70: "internal error",
    130: "interrupted (SIGINT)",
    143: "terminated (SIGTERM)",
}
ERRORS = {
    errors.PbxError("x"): 1,
    errors.SpecificationInvalid([]): 3,
    errors.StoppedByLimit("x"): 4,
    errors.PartlyApplied("x"): 5,
    errors.LockHeld("x"): 6,
    errors.PlanStale("x"): 7,
    errors.VerificationRed("x"): 8,
    errors.TimedOut("x"): 9,
    errors.UsageError("x"): 64,
    typer.BadParameter("x"): 64,
    typer.Abort(): 130,
    KeyboardInterrupt(): 130,
    failures.Terminated(): 143,
    OSError(28, "No space left on device", "/var/lib/x"): 1,
    KeyError("x"): 70,
    RecursionError("x"): 70,
}


def test_table_is_frozen() -> None:
    assert failures.EXIT_CODES == TABLE


def test_every_error_class_has_its_code_in_the_table() -> None:
    def family(base: type[errors.PbxError]) -> list[type[errors.PbxError]]:
        return [base, *(each for child in base.__subclasses__() for each in family(child))]

    assert {each.exit_code for each in family(errors.PbxError)} <= TABLE.keys()


@pytest.mark.parametrize(("error", "code"), ERRORS.items(), ids=lambda each: repr(each))
def test_code_of_each_way_out(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(main.COMMANDS, "fail", commands.Command("Fail.", failing(error)))
    assert main.run(["fail"]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert "Traceback" not in told.err


def failing(error: BaseException) -> Callable[[], Callable[[], None]]:
    def fail() -> None:
        raise error

    return lambda: fail


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(main.COMMANDS, "fail", commands.Command("Fail.", failing(KeyError("lost"))))
    assert main.run(["fail", "--debug"]) == 70
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told", "remedy"),
    [
        (["validte"], "Did you mean 'validate'?", "pbx --help"),
        (["validate", "--formt", "json"], "--format", "pbx validate --help"),
        (["validate", "--format", "yaml"], "'json'", "pbx validate --help"),
        (["validate", "--color", "purple"], "'always'", "pbx --help"),
        (["validate", "--report", "sarfi=x"], "sarfi=x", "did you mean sarif=FILE?"),
    ],
)
def test_usage_errors_name_what_was_meant(
    arguments: list[str], told: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(arguments) == 64
    said = capsys.readouterr().err
    assert told in said
    assert remedy in said


def test_no_arguments_show_the_help_and_are_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([]) == 64
    assert "validate" in capsys.readouterr().out


def test_fatal_errors_come_as_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["validate", "--folder", str(tmp_path), "--format", "json"]) == 64
    document = json.loads(capsys.readouterr().out)
    assert document["format_version"] == 1
    assert document["error"]["exit_code"] == 64
    assert "provider.yaml" in document["error"]["message"]


def test_findings_behind_an_error_come_as_json_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = Rule("R001", "Name that nothing defines", "why", "remedy", "bad", "good")
    located = Located(rule.at((), "lost"), Span("tenants/a.yaml", Position(1, 1), Position(1, 2)))
    invalid = errors.SpecificationInvalid([located])
    monkeypatch.setitem(main.COMMANDS, "fail", commands.Command("Fail.", failing(invalid)))
    monkeypatch.setenv("PBX_FORMAT", "json")
    assert main.run(["fail"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out)["findings"][0]["code"] == "R001"
    assert "tenants/a.yaml:1:1" in err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_with_their_code(number: signal.Signals, code: int) -> None:
    program = (
        "import time, sys\n"
        "from provisioner.cli import commands, main\n"
        "def wait():\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(30)\n"
        "main.COMMANDS['wait'] = commands.Command('Wait.', lambda: wait)\n"
        "sys.argv = ['pbx', 'wait']\n"
        "main.main()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.1)
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"Traceback" not in said
