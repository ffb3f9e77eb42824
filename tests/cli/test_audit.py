"""`pbx audit verify` and `pbx history` on a record, without any platform."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.audit import FileAuditLog
from provisioner.cli import main
from provisioner.core.audit import Entry, Head, Origin, Result

ANNA = Origin("anna", "desk", commit="0123456789abcdef", dirty=True)
PIPELINE = Origin("runner", "ci-7", "https://git.example/runs/17", "bo", "fedcba9876543210")


def entry(at: str, tenant: str, run: str, result: Result, *changed: str, origin: Origin = ANNA) -> Entry:
    stack = f"lab.tenant.{tenant}" if tenant else "lab.platform"
    return Entry(
        f"2026-11-{at}:00.000+00:00",
        run,
        "apply",
        "0.1.0",
        "lab",
        origin,
        stack=stack,
        tenant=tenant,
        changed=changed,
        result=result,
        seconds=0.0 if result is Result.BEGUN else 2.5,
    )


ENTRIES = [
    entry("01T08:00", "", "a", Result.BEGUN),
    entry("01T08:00", "klinik", "a", Result.BEGUN, "+ Klinik is a new tenant: 1 number"),
    replace(entry("01T08:01", "", "a", Result.APPLIED), steps=("create PlatformNode core",)),
    entry("01T08:02", "klinik", "a", Result.APPLIED, "+ Klinik is a new tenant: 1 number"),
    replace(
        entry("02T09:00", "klinik", "b", Result.FAILED, "! the number +46850100100 is gone", origin=PIPELINE),
        error="host core: broken; what now: mend it",
        reason="ticket 12",
    ),
    entry("03T10:00", "klinik", "c", Result.BEGUN, *(f"~ change {number}" for number in range(10))),
    entry("03T10:00", "kiosken", "c", Result.APPLIED),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for each in ("PBX_STATE_URL", "PBX_AUDIT_URL", "PBX_FORMAT"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv("PBX_FOLDER", str(tmp_path))
    FileAuditLog(tmp_path / ".pbx" / "audit" / "lab.jsonl").append(ENTRIES)
    return tmp_path


@pytest.fixture
def record(folder: Path) -> Path:
    return folder / ".pbx" / "audit" / "lab.jsonl"


def head(record: Path) -> Head:
    return Head(**json.loads(record.with_suffix(".head").read_text()))


def test_a_whole_record(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = head(record).digest
    assert main.run(["audit", "verify"]) == 0
    told = f"{record}: 7 records, all as they were written; the last is {digest}\n"
    assert capsys.readouterr().out == told
    assert main.run(["audit", "verify", "--holds", digest[:12].upper(), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["whole"], document["records"], document["digest"], document["holds"]) == (True, 7, digest, True)


def test_a_changed_record_is_named_with_a_way_out(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record.write_text(record.read_text().replace("ticket 12", "ticket 21"))
    assert main.run(["audit", "verify"]) == 2
    out = capsys.readouterr().out
    assert out.startswith("! record 6 does not follow on what stands before it: a record before it was changed")
    assert "what now: put the file and its head back from a copy" in out
    assert main.run(["audit", "verify", "--format", "json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert (document["whole"], [each["record"] for each in document["breaks"]]) == (False, [6])
    assert main.run(["history", "klinik"]) == 0
    assert "the record of lab is not as it was written: see `pbx audit verify --env lab`" in capsys.readouterr().err


def test_a_record_that_was_made_anew_does_not_hold_what_was_told(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = head(record).digest
    record.unlink()
    record.with_suffix(".head").unlink()
    FileAuditLog(record).append([*ENTRIES[:4], ENTRIES[5]])
    assert main.run(["audit", "verify"]) == 0
    assert main.run(["audit", "verify", "--holds", digest]) == 2
    assert f"! no record has the digest {digest}" in capsys.readouterr().out


def test_a_copy_is_checked_by_its_name(record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for each in (record, record.with_suffix(".head")):
        each.rename(tmp_path / each.name)
    assert main.run(["audit", "verify"]) == 64
    assert "there are records of: nothing yet" in capsys.readouterr().err
    assert main.run(["audit", "verify", "--file", str(tmp_path / "lab.jsonl")]) == 0


def test_the_place_of_the_record(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PBX_STATE_URL", "s3://bucket")
    assert main.run(["audit", "verify"]) == 0
    shared = tmp_path / "shared disk"
    monkeypatch.setenv("PBX_STATE_URL", shared.as_uri())
    assert main.run(["audit", "verify"]) == 64
    (shared / "audit").mkdir(parents=True)
    for each in (record, record.with_suffix(".head")):
        each.rename(shared / "audit" / each.name)
    assert main.run(["audit", "verify"]) == 0
    monkeypatch.setenv("PBX_STATE_URL", "s3://bucket")
    monkeypatch.setenv("PBX_AUDIT_URL", shared.as_uri())
    assert main.run(["audit", "verify"]) == 0
    monkeypatch.setenv("PBX_AUDIT_URL", "s3://bucket")
    assert main.run(["audit", "verify"]) == 64
    assert "name a folder that lasts, as file:///srv/pbx" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_history_of_a_tenant_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["history", "klinik"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "2026-11-03 10:00:00 UTC  cut off, or still going on",
        "  anna@desk, commit 0123456789+",
        "  ~ change 0",
    ]
    assert "  and 2 more" in lines
    failed = lines.index("2026-11-02 09:00:00 UTC  failed in 2.5 s")
    assert lines[failed + 1 : failed + 5] == [
        "  bo by https://git.example/runs/17, commit fedcba9876",
        "  ! the number +46850100100 is gone",
        "  because: ticket 12",
        "  error: host core: broken; what now: mend it",
    ]
    assert lines[-3:] == [
        "2026-11-01 08:02:00 UTC  applied in 2.5 s",
        "  anna@desk, commit 0123456789+",
        "  + Klinik is a new tenant: 1 number",
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (["klinik"], ["c", "b", "a"]),
        (["klinik", "--since", "2026-11-02"], ["c", "b"]),
        (["klinik", "--since", "2026-11-02T09:01:00"], ["c"]),
        (["kiosken"], ["c"]),
        ([], ["c", "c", "b", "a", "a"]),
    ],
)
def test_history_as_json(arguments: list[str], runs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["history", *arguments, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["format_version"], document["environment"]) == (1, "lab")
    assert [each["run"] for each in document["records"]] == runs


@pytest.mark.usefixtures("folder")
def test_history_of_everything_tells_machines_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["history"]) == 0
    out = capsys.readouterr().out
    assert " UTC  lab.platform applied in 2.5 s\n" in out
    assert "  create PlatformNode core\n" in out


@pytest.mark.usefixtures("folder")
def test_history_of_nobody_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["history", "klinick"]) == 64
    assert "did you mean klinik?" in capsys.readouterr().err
    assert main.run(["history", "klinik", "--env", "prod"]) == 64
    assert "there are records of: lab" in capsys.readouterr().err
