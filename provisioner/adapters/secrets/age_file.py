"""Secrets in a file encrypted with age that may lie in Git.

The identity (private key) lies in the user's configuration folder, readable by its owner only; further recipients of
a team stand in `recipients.txt` beside the file. The file is replaced by a rename, under a lock, so a cut-off write
leaves the old one. Values never stand in an error or a `repr`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.core.errors import PbxError

from .alone import alone


class AgeFile:
    """The secrets of one environment: `<folder>/<environment>.age`; the port `Keeper`."""

    def __init__(self, file: Path, identity: Path | None = None, *, make_identity: bool = False) -> None:
        self._file = file
        self._identity_file = identity or identity_file()
        self._make_identity = make_identity
        self._read: tuple[int, dict[str, str]] | None = None
        self.place = str(file)

    def values(self) -> dict[str, str]:
        try:
            stamp = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, self._decrypt())
        return self._read[1]

    def _decrypt(self) -> dict[str, str]:
        import pyrage

        try:
            plain = pyrage.decrypt(self._file.read_bytes(), [self._identity()])
        except pyrage.DecryptError as error:
            raise PbxError(
                f"{self._file} cannot be decrypted with the identity in {self._identity_file}: {error}",
                "ask somebody who can read it to add your recipient to recipients.txt and write the file again",
            ) from None
        values: dict[str, str] = json.loads(plain)
        return values

    @contextmanager
    def writing(self) -> Iterator[dict[str, str]]:
        with alone(self._file.parent):
            values = dict(self.values())
            yield values
            self._write(values)

    def _write(self, values: Mapping[str, str]) -> None:
        import pyrage

        identity = self._identity()
        recipients = [identity.to_public(), *self._team()]
        sealed = pyrage.encrypt(json.dumps(values, sort_keys=True, indent=1).encode(), recipients)
        _replace(self._file, sealed, 0o600)
        self._read = None

    def _team(self) -> list[object]:
        import pyrage

        listed = self._file.parent / "recipients.txt"
        if not listed.is_file():
            return []
        lines = [each.strip() for each in listed.read_text(encoding="utf-8").splitlines()]
        return [pyrage.x25519.Recipient.from_str(each) for each in lines if each and not each.startswith("#")]

    def _identity(self) -> Any:
        import pyrage

        if text := os.environ.get("PBX_AGE_IDENTITY"):
            return pyrage.x25519.Identity.from_str(text.strip())
        if not self._identity_file.is_file():
            self._new_identity()
        lines = self._identity_file.read_text(encoding="utf-8").splitlines()
        keys = [each.strip() for each in lines if each.startswith("AGE-SECRET-KEY-")]
        if not keys:
            raise PbxError(
                f"{self._identity_file} holds no line that starts with AGE-SECRET-KEY-",
                "put your age identity there, or name another file in PBX_AGE_IDENTITY_FILE",
            )
        return pyrage.x25519.Identity.from_str(keys[0])

    def _new_identity(self) -> None:
        import pyrage

        if not self._make_identity:
            raise PbxError(
                f"there is no age identity: {self._identity_file} does not exist",
                "make one with `age-keygen -o FILE`, or set PBX_AGE_IDENTITY or PBX_AGE_IDENTITY_FILE",
            )
        self._identity_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = pyrage.x25519.Identity.generate()
        text = f"# public key: {made.to_public()}\n{made}\n"
        _create(self._identity_file, text.encode())


def identity_file() -> Path:
    """Where the user's identity lies."""
    if named := os.environ.get("PBX_AGE_IDENTITY_FILE"):
        return Path(named)
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "pbx" / "identity.txt"


def _replace(file: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _create(file: Path, content: bytes) -> None:
    """Writes a file that must not be there yet; who loses a race reads the winner's."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        try:
            os.link(name, file)
        except FileExistsError:
            return
    finally:
        Path(name).unlink(missing_ok=True)
