"""Secrets that nobody has set, made by what their handle is for."""

from __future__ import annotations

import secrets as random
import string
from collections.abc import Callable

from provisioner.core.secrets import SEALING, SIGNING

_LETTERS = string.ascii_letters + string.digits


def maker(handle: str) -> Callable[[], str]:
    """Makes the value of a secret that nobody has set: digits where a telephone must type it, or a pair of keys."""
    if handle.startswith(f"{SEALING}/"):
        return _identity
    if handle.startswith(f"{SIGNING}/"):
        return lambda: random.token_urlsafe(32)
    alphabet, length = (string.digits, 6) if "pin" in handle.split("/") else (_LETTERS, 28)
    return lambda: "".join(random.choice(alphabet) for _ in range(length))


def kept_for_ever(handle: str) -> str:
    """Why a secret must stay as it is, where what was sealed or noted by it would be lost; empty for all others."""
    if handle.startswith(f"{SEALING}/"):
        return "recordings that were sealed with it could not be opened any more"
    return _FOR_EVER.get(handle, "")


_FOR_EVER = {
    "pbx/engine-passphrase": "the engine's state is sealed with it",
    "pbx/digest-key": "every secret would count as rotated",
}


def _identity() -> str:
    import pyrage

    return str(pyrage.x25519.Identity.generate())
