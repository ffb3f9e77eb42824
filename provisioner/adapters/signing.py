"""Signatures by SSH keys, made and checked by `ssh-keygen -Y`, in the format that Git signs commits with (SSHSIG).

So a team uses the keys and the list of signers that it has, keys in an agent or a hardware token work, and anybody can
check a signature without `pbx`. The list is that of ssh-keygen(1), ALLOWED SIGNERS.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from provisioner.core.errors import PbxError, StoppedByLimit, TimedOut

NAMESPACE = "pbx-plan"
"""What the signature is for: one of a commit or a file of another kind is none of a plan."""

_SECONDS = 120
"""A hardware token waits for a touch."""


class SshSignatures:
    def sign(self, content: bytes, key: str) -> bytes:
        done = _keygen(["sign", "-n", NAMESPACE, "-f", key], content)
        if done.returncode:
            raise PbxError(
                f"the key {key} cannot sign: {_words(done)}",
                "name a private SSH key, or the public one of a key that ssh-agent holds",
            )
        return done.stdout

    def signer(self, content: bytes, signature: bytes, signers: str) -> str:
        if not Path(signers).is_file():
            raise PbxError(f"there is no list of signers {signers}", "name a file as in ssh-keygen(1), ALLOWED SIGNERS")
        with tempfile.NamedTemporaryFile(prefix="pbx-signature-") as file:
            file.write(signature)
            file.flush()
            found = _keygen(["find-principals", "-s", file.name, "-f", signers], b"")
            for name in found.stdout.decode(errors="replace").splitlines():
                line = ["verify", "-n", NAMESPACE, "-s", file.name, "-f", signers, "-I", name]
                if _keygen(line, content).returncode == 0:
                    return name
            known = _keygen(["check-novalidate", "-n", NAMESPACE, "-s", file.name], content)
        what = "its key is not in the list" if known.returncode == 0 else "it is not of this content, or not of a plan"
        raise StoppedByLimit(
            f"the signature is of nobody in {signers}: {what}",
            "plan again and have it signed; who may sign stands in that list",
        )


def _keygen(words: list[str], content: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", "-Y", *words], input=content, capture_output=True, timeout=_SECONDS)
    except FileNotFoundError:
        raise PbxError("there is no ssh-keygen on PATH", "install OpenSSH's client (openssh-client)") from None
    except subprocess.TimeoutExpired:
        raise TimedOut(
            f"ssh-keygen gave no answer within {_SECONDS} s", "unlock or touch the key, then repeat"
        ) from None


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    return " ".join(done.stderr.decode(errors="replace").split()) or f"ssh-keygen ended with {done.returncode}"
