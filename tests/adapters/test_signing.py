"""Signatures by the real `ssh-keygen`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from provisioner.adapters.signing import NAMESPACE, SshSignatures
from provisioner.core.errors import PbxError, StoppedByLimit

PLAN = b'{"digest": "0"}\n'


def key(folder: Path, name: str) -> Path:
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)], check=True)
    return file


@pytest.fixture
def anna(tmp_path: Path) -> Path:
    return key(tmp_path, "anna")


@pytest.fixture
def signers(tmp_path: Path, anna: Path) -> str:
    file = tmp_path / "allowed_signers"
    file.write_text(f"anna@provider.example {anna.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    return str(file)


def test_who_signed_is_known_by_the_list(anna: Path, signers: str) -> None:
    signature = SshSignatures().sign(PLAN, str(anna))
    assert signature.startswith(b"-----BEGIN SSH SIGNATURE-----")
    assert SshSignatures().signer(PLAN, signature, signers) == "anna@provider.example"


def test_ssh_keygen_by_hand_takes_it_too(anna: Path, signers: str, tmp_path: Path) -> None:
    (tmp_path / "plan.sig").write_bytes(SshSignatures().sign(PLAN, str(anna)))
    line = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "anna@provider.example", "-n", NAMESPACE]
    subprocess.run([*line, "-s", str(tmp_path / "plan.sig")], input=PLAN, check=True, capture_output=True)


def test_another_content_key_or_purpose_is_refused(anna: Path, signers: str, tmp_path: Path) -> None:
    signature = SshSignatures().sign(PLAN, str(anna))
    with pytest.raises(StoppedByLimit, match="it is not of this content"):
        SshSignatures().signer(PLAN + b" ", signature, signers)
    with pytest.raises(StoppedByLimit, match="not of a plan"):
        SshSignatures().signer(PLAN, b"no signature", signers)
    other = SshSignatures().sign(PLAN, str(key(tmp_path, "eva")))
    with pytest.raises(StoppedByLimit, match="its key is not in the list") as raised:
        SshSignatures().signer(PLAN, other, signers)
    assert raised.value.exit_code == 4
    line = ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(anna)]
    commit = subprocess.run(line, input=PLAN, check=True, capture_output=True).stdout
    with pytest.raises(StoppedByLimit, match="not of a plan"):
        SshSignatures().signer(PLAN, commit, signers)


def test_a_key_or_list_that_is_not_there_is_named(signers: str, tmp_path: Path) -> None:
    with pytest.raises(PbxError, match=r"missing cannot sign: .*No such file"):
        SshSignatures().sign(PLAN, str(tmp_path / "missing"))
    with pytest.raises(PbxError, match="there is no list of signers"):
        SshSignatures().signer(PLAN, b"", f"{signers}.old")


def test_without_ssh_keygen_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PbxError, match="there is no ssh-keygen") as raised:
        SshSignatures().sign(PLAN, "key")
    assert "openssh-client" in raised.value.remedy
