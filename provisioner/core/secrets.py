"""Secrets by handle: what stands in a bundle in place of a PIN or a key.

The compiler knows handles only and writes a token; the deployment puts the value in on its way to the node, so that
no plan, state, log or Git tree ever holds it. `defuse` keeps text that a tenant wrote from passing for a token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

SEALING = "recordings"
"""Handles below it are age identities, whose public keys seal what only the provider can open."""

PIECE = 8
"""Signs that a keyed digest has for each secret, in the order of the handles."""
ABSENT = "-" * PIECE
"""The piece of a secret that has still to be made."""
SIGNING = "signing"
"""Handles below it sign with HMAC-SHA256, and are as long as its digest at least (RFC 7518 3.2)."""

_OPEN, _CLOSE = "{{secret:", "}}"


def token(handle: str) -> str:
    """What a rendered file or table row holds in place of the secret named `handle`."""
    return f"{_OPEN}{handle}{_CLOSE}"


def handles(text: str) -> tuple[str, ...]:
    """The handles of all tokens in a text, in order."""
    return tuple(piece.partition(_CLOSE)[0] for piece in text.split(_OPEN)[1:])


def fill(text: str, get: Callable[[str], str]) -> str:
    """The text with the value of each handle in its place; what `get` raises for an unknown handle goes through."""
    first, *rest = text.split(_OPEN)
    pieces = (piece.partition(_CLOSE) for piece in rest)
    return first + "".join(f"{get(handle)}{after}" for handle, _, after in pieces)


def defuse(text: str) -> str:
    """The text with no token in it, for words that a tenant wrote."""
    while "{{" in text:  # twice, where three stand in a row
        text = text.replace("{{", "{ {")
    return text


def rotated(handles: Sequence[str], before: str, after: str) -> tuple[str, ...]:
    """Of these handles, sorted, those whose values differ between two digests over them; none that has just been made.

    Nothing where a digest is not one over just these.
    """
    if not len(before) == len(after) == PIECE * len(handles):
        return ()
    pieces = ((before[at : at + PIECE], after[at : at + PIECE]) for at in range(0, len(before), PIECE))
    return tuple(
        each for each, (old, new) in zip(handles, pieces, strict=True) if old != new and ABSENT not in (old, new)
    )


def ha1(username: str, realm: str, password: str) -> str:
    """The digest that authenticates without the password (RFC 2617 3.2.2.2; desk phones still know MD5 only)."""
    return hashlib.md5(f"{username}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()
