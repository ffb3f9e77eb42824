"""The secret store: what it keeps, who may read it, and what it never says."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.adapters.secrets.age_file import AgeFile
from provisioner.adapters.secrets.stored import Secrets, variable
from provisioner.core.errors import PbxError

VALUE = "planted-4711-value"


def store(folder: Path, name: str = "lab") -> Secrets:
    return Secrets(AgeFile(folder / "secrets" / f"{name}.age", folder / "config" / "identity.txt", make_identity=True))


def test_keeps_values_over_processes(tmp_path: Path) -> None:
    store(tmp_path).set("klinik/anna-desk", VALUE)
    assert store(tmp_path).get("klinik/anna-desk") == VALUE


def test_file_is_sealed_and_only_the_owner_reads_the_identity(tmp_path: Path) -> None:
    store(tmp_path).set("klinik/anna-desk", VALUE)
    sealed = (tmp_path / "secrets" / "lab.age").read_bytes()
    assert VALUE.encode() not in sealed
    assert b"anna-desk" not in sealed
    assert (tmp_path / "config" / "identity.txt").stat().st_mode & 0o777 == 0o600


def test_makes_only_what_is_missing(tmp_path: Path) -> None:
    secrets = store(tmp_path)
    secrets.set("a", VALUE)
    assert secrets.ensure({"a": lambda: "other", "b": lambda: "made"}) == ("b",)
    assert (secrets.get("a"), secrets.get("b")) == (VALUE, "made")


def test_missing_secret_names_handle_and_variable(tmp_path: Path) -> None:
    with pytest.raises(PbxError) as raised:
        store(tmp_path).get("klinik/anna-desk")
    assert "klinik/anna-desk" in raised.value.message
    assert variable("klinik/anna-desk") == "PBX_SECRET_KLINIK_ANNA_DESK"
    assert "PBX_SECRET_KLINIK_ANNA_DESK" in raised.value.message


def test_variable_of_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = store(tmp_path)
    secrets.set("a", VALUE)
    monkeypatch.setenv("PBX_SECRET_A", "from-outside")
    assert secrets.get("a") == "from-outside"


def test_digest_shows_a_rotation_and_depends_on_a_key(tmp_path: Path) -> None:
    one, two = store(tmp_path / "one"), store(tmp_path / "two")
    for secrets in (one, two):
        secrets.set("a", VALUE)
    before = one.digest(["a"])
    assert before == one.digest(["a", "a"])
    assert before != two.digest(["a"])
    one.set("a", "rotated")
    assert one.digest(["a"]) != before
    assert one.digest([]) == ""


def test_another_identity_is_told_what_to_do(tmp_path: Path) -> None:
    store(tmp_path).set("a", VALUE)
    stranger = Secrets(AgeFile(tmp_path / "secrets" / "lab.age", tmp_path / "other.txt", make_identity=True))
    with pytest.raises(PbxError, match="cannot be decrypted"):
        stranger.get("a")


def test_without_an_identity_none_is_made_unasked(tmp_path: Path) -> None:
    secrets = Secrets(AgeFile(tmp_path / "prod.age", tmp_path / "none.txt"))
    with pytest.raises(PbxError, match=r"none\.txt does not exist"):
        secrets.set("a", VALUE)


def test_team_recipient_reads_too(tmp_path: Path) -> None:
    import pyrage

    colleague = pyrage.x25519.Identity.generate()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "recipients.txt").write_text(f"# Eva\n{colleague.to_public()}\n", encoding="utf-8")
    store(tmp_path).set("a", VALUE)
    assert VALUE.encode() in pyrage.decrypt((tmp_path / "secrets" / "lab.age").read_bytes(), [colleague])
