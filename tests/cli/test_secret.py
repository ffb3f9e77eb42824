"""`pbx secret`: lists handles and never values, sets what only the provider knows, renews what `pbx` made."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from provisioner.adapters.secrets.age_file import AgeFile
from provisioner.adapters.secrets.stored import Secrets
from provisioner.cli.main import run

PROVIDER = "version: 1\nenvironments: {prod: {target: lab}}\n"
DESK, PIN, SEALING = "devices/acme/anna-desk", "acme/pin/user-anna", "recordings/acme"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PBX_AGE_IDENTITY_FILE", str(tmp_path / "identity.txt"))
    (tmp_path / "provider.yaml").write_text(PROVIDER, encoding="utf-8")
    kept = Secrets(AgeFile(tmp_path / "secrets" / "prod.age", make_identity=True))
    values = {DESK: "planted-1", PIN: "123456", "given/relay": "planted-2", SEALING: "x"}
    for handle, each in values.items():
        kept.set(handle, each)
    return tmp_path


def secret(folder: Path, *words: str) -> int:
    return run(["secret", *words, "--env", "prod", "--folder", str(folder)])


def value(folder: Path, handle: str) -> str:
    return Secrets(AgeFile(folder / "secrets" / "prod.age")).get(handle)


def test_the_list_has_handles_and_places_and_no_value(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PBX_SECRET_GIVEN_RELAY", "planted-3")
    assert secret(folder, "ls") == 0
    told = capsys.readouterr().out
    file = folder / "secrets" / "prod.age"
    assert told.splitlines()[:2] == [f"{PIN}  {file}", f"{DESK}  {file}"]
    assert "given/relay  PBX_SECRET_GIVEN_RELAY" in told
    assert "planted" not in told
    assert secret(folder, "ls", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)["secrets"]
    assert {"handle": DESK, "from": str(file)} in found


@pytest.mark.parametrize("given", ["new value", "new value\n"])
def test_set_takes_a_line(
    folder: Path, given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    assert secret(folder, "set", "given/relay") == 0
    assert value(folder, "given/relay") == "new value"
    streams = capsys.readouterr()
    assert "new value" not in streams.out + streams.err
    assert "`pbx apply --env prod` puts it in force" in streams.err


@pytest.mark.parametrize("given", ["", "\n", "one\ntwo\n"])
def test_set_refuses_what_is_no_line(folder: Path, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    assert secret(folder, "set", "given/relay") == 64
    assert value(folder, "given/relay") == "planted-2"


def test_a_variable_that_wins_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PBX_SECRET_GIVEN_RELAY", "planted-3")
    monkeypatch.setattr("sys.stdin", io.StringIO("kept"))
    assert secret(folder, "set", "given/relay") == 0
    assert "the variable PBX_SECRET_GIVEN_RELAY wins over it" in capsys.readouterr().err


def test_what_is_renewed_is_of_its_kind(folder: Path) -> None:
    assert secret(folder, "renew", DESK) == 0
    assert secret(folder, "renew", PIN) == 0
    assert len(value(folder, DESK)) == 28
    assert (value(folder, PIN) != "123456", len(value(folder, PIN)), value(folder, PIN).isdigit()) == (True, 6, True)


@pytest.mark.parametrize(
    ("handle", "told"),
    [
        ("devices/acme/ana-desk", "did you mean devices/acme/anna-desk?"),
        ("given/relay", "`pbx secret set given/relay`"),
        (SEALING, "could not be opened any more"),
    ],
)
def test_what_is_not_renewed(folder: Path, handle: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert secret(folder, "renew", handle) == 64
    assert told in capsys.readouterr().err


def test_an_unknown_environment_gets_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("x"))
    assert run(["secret", "set", "given/relay", "--env", "prd", "--folder", str(folder)]) == 64
    assert "did you mean prod?" in capsys.readouterr().err
    assert [each.name for each in (folder / "secrets").iterdir()] == ["prod.age"]
