"""Keys that seal what a node keeps and only the provider can open: age identities, and what they decrypt."""

from __future__ import annotations

from provisioner.core.errors import PbxError


def recipient(identity: str) -> str:
    """The public key of an identity."""
    import pyrage

    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def opened(sealed: bytes, identity: str) -> bytes:
    """What was sealed. Raises PbxError where another key did it."""
    import pyrage

    try:
        return bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]))
    except pyrage.DecryptError as error:
        raise PbxError(
            f"the recording was sealed for another key: {error}", "look for the key of that time among the secrets"
        ) from None
