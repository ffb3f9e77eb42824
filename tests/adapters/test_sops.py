"""Secrets in a file that the real SOPS has sealed with real age keys."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrage
import pytest

from provisioner.adapters.secrets import of_environment
from provisioner.adapters.secrets.age_file import AgeFile
from provisioner.adapters.secrets.sops_file import SopsFile
from provisioner.adapters.secrets.stored import Secrets
from provisioner.core.errors import PbxError, UsageError
from tests.adapters.sops_command import command

VALUE = "planted-4711-value"
FILE = f"""\
# who maintains it
devices:
    klinik:
        anna-desk: {VALUE}
    kiosk/till: other
given:
    relay: the relay's
pbx/flat: flat
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of the team's, and the identity that opens it where `pbx` looks for it."""
    command()  # is kept from here on, because HOME is another
    identity = pyrage.x25519.Identity.generate()
    keys = tmp_path / "identity.txt"
    keys.write_text(f"{identity}\n", encoding="utf-8")
    monkeypatch.setenv("PBX_AGE_IDENTITY_FILE", str(keys))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{logging_sops(tmp_path)}:/usr/bin:/bin")
    sealed = tmp_path / "secrets" / "prod.sops.yaml"
    sealed.parent.mkdir()
    line = ["encrypt", "--age", str(identity.to_public()), "--filename-override", "x.yaml", "--output", str(sealed)]
    subprocess.run([command(), *line], input=FILE, text=True, check=True, capture_output=True)
    return sealed


def logging_sops(folder: Path) -> Path:
    """A folder with a `sops` that notes its arguments, as a process list shows them, and is the real one."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    script = bin_folder / "sops"
    script.write_text(f'#!/bin/sh\necho "$*" >>{folder}/called\nexec {command()} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return bin_folder


def secrets(file: Path) -> Secrets:
    return of_environment(file.parent, "prod")


def test_a_handle_is_the_way_to_a_value(file: Path) -> None:
    found = secrets(file)
    assert found.get("devices/klinik/anna-desk") == VALUE
    assert found.get("devices/kiosk/till") == "other"
    assert found.get("pbx/flat") == "flat"
    assert dict.fromkeys(found.handles().values()) == {str(file): None}


def test_what_is_made_is_sealed_and_the_rest_keeps_every_byte(file: Path) -> None:
    before = file.read_text(encoding="utf-8").splitlines()
    made = secrets(file).ensure(
        {
            "devices/klinik/bo-desk": lambda: "made-1",
            "klinik/pin/user-anna": lambda: "made-2",
            "given/relay": lambda: "no",
        }
    )
    assert made == ("devices/klinik/bo-desk", "klinik/pin/user-anna")
    text = file.read_text(encoding="utf-8")
    assert "made-1" not in text
    assert [
        line for line in before if line not in text.splitlines() and "mac:" not in line and "modified" not in line
    ] == []
    assert secrets(file).get("devices/klinik/bo-desk") == "made-1"
    assert "        bo-desk: ENC[" in text
    assert "klinik:\n    pin/user-anna: ENC[" in text
    assert secrets(file).get("klinik/pin/user-anna") == "made-2"
    assert secrets(file).get("given/relay") == "the relay's"


def test_a_value_that_is_set_again_stays_where_it_stands(file: Path, tmp_path: Path) -> None:
    found = secrets(file)
    before = found.digest(["devices/klinik/anna-desk", "given/relay"])
    for handle in ("devices/klinik/anna-desk", "pbx/flat"):
        found.set(handle, "new 'and' \"quoted\" ü")
        assert secrets(file).get(handle) == "new 'and' \"quoted\" ü"
    after = found.digest(["devices/klinik/anna-desk", "given/relay"])
    assert (before[:8] != after[:8], before[8:] == after[8:]) == (True, True)
    assert len(found.handles()) == 5, "four, and the key of digests"
    called = (tmp_path / "called").read_text(encoding="utf-8")
    assert "set --value-stdin" in called
    assert "quoted" not in called


def test_values_of_the_old_file_stay_where_a_write_is_cut_off(file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    (tmp_path / "bin" / "sops").write_text(
        f'#!/bin/sh\nif [ "$1" = set ]; then : >"$3"; exit 1; fi\nexec {command()} "$@"\n', encoding="utf-8"
    )
    with pytest.raises(PbxError, match=r"sops cannot set .*prod\.sops\.yaml"):
        secrets(file).set("given/relay", VALUE)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_writers_beside_each_other_lose_nothing(file: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: secrets(file).set(f"x/{number}", str(number)), range(4)))
    assert [secrets(file).get(f"x/{number}") for number in range(4)] == ["0", "1", "2", "3"]


def test_a_stranger_is_told_what_to_do(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PBX_AGE_IDENTITY", str(pyrage.x25519.Identity.generate()))
    with pytest.raises(PbxError, match="sops cannot decrypt") as raised:
        secrets(file).get("given/relay")
    assert "updatekeys" in raised.value.remedy


def test_an_identity_in_the_environment_opens_it(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PBX_AGE_IDENTITY", (tmp_path / "identity.txt").read_text(encoding="utf-8").strip())
    (tmp_path / "identity.txt").unlink()
    assert secrets(file).get("given/relay") == "the relay's"


def test_a_number_is_refused_and_not_shown(file: Path) -> None:
    subprocess.run(
        [command(), "set", str(file), '["given"]["code"]', "4711"], check=True, capture_output=True, env=_env(file)
    )
    with pytest.raises(PbxError) as raised:
        secrets(file).get("given/relay")
    assert raised.value.message == f"{file}: given/code is a number, expected text"
    assert "4711" not in str(raised.value)


def _env(file: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "SOPS_AGE_KEY_FILE": str(file.parents[1] / "identity.txt")}


def test_without_the_command_an_error_says_how_to_get_it(file: Path) -> None:
    with pytest.raises(PbxError, match="needs the command sops") as raised:
        SopsFile(file, "no-such-sops").values()
    assert "install SOPS" in raised.value.remedy


def test_two_files_for_one_environment_are_refused(file: Path) -> None:
    Secrets(AgeFile(file.parent / "prod.age")).set("x", "y")
    with pytest.raises(UsageError, match=r"holds prod\.sops\.yaml and prod\.age"):
        of_environment(file.parent, "prod")
    json.dumps(of_environment(file.parent, "lab").handles())
