"""The port to keys that sign."""

from __future__ import annotations

from typing import Protocol


class Signatures(Protocol):
    """Signatures that stand beside what they sign. Keys and lists of signers are named by their files."""

    def sign(self, content: bytes, key: str) -> bytes:
        """A signature by the key; raises PbxError where it cannot be used."""
        ...

    def signer(self, content: bytes, signature: bytes, signers: str) -> str:
        """Who of those in the list signed exactly this content; raises StoppedByLimit where nobody did."""
        ...
