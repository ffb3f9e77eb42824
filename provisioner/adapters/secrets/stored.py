"""Secrets by handle, wherever they are kept: `PBX_SECRET_…` variables win over what a `Keeper` holds.

What is missing is made and handed to the keeper in one go. Values never stand in an error or a `repr`.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from hashlib import blake2b
from typing import Protocol

from provisioner.core.errors import PbxError
from provisioner.core.secrets import ABSENT, PIECE

_DIGEST_KEY = "pbx/digest-key"
_VARIABLE = "PBX_SECRET_"


class Keeper(Protocol):
    """Where the values of one environment lie."""

    place: str
    """What people call it: the path of a file."""

    def values(self) -> Mapping[str, str]:
        """All of them by handle, as they are now; none where nothing was kept yet."""

    def writing(self) -> AbstractContextManager[dict[str, str]]:
        """The values, to be changed in place by one process at a time; kept once the block ends without an error."""


class Secrets:
    """The store of one environment: the port `SecretStore`."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def get(self, handle: str) -> str:
        if (value := os.environ.get(variable(handle))) is not None:
            return value
        values = self._keeper.values()
        if handle not in values:
            raise PbxError(
                f"the secret {handle} is neither in {self._keeper.place} nor in the variable {variable(handle)}",
                f"set it: `pbx secret set {handle}`, or the variable",
            )
        return values[handle]

    def set(self, handle: str, value: str) -> None:
        with self._keeper.writing() as values:
            values[handle] = value

    def handles(self) -> Mapping[str, str]:
        """handle → where its value comes from."""
        kept = dict.fromkeys(sorted(self._keeper.values()), self._keeper.place)
        return {each: variable(each) if variable(each) in os.environ else place for each, place in kept.items()}

    def ensure(self, wanted: Mapping[str, Callable[[], str]]) -> tuple[str, ...]:
        def missing(known: Mapping[str, str]) -> list[str]:
            return sorted(each for each in wanted if each not in known and variable(each) not in os.environ)

        if not missing(self._keeper.values()):
            return ()
        with self._keeper.writing() as values:
            made = missing(values)
            values.update({each: wanted[each]() for each in made})
        return tuple(made)

    def digest(self, handles: Iterable[str]) -> str:
        kept = self._keeper.values()
        given = {name: value for name, value in os.environ.items() if name.startswith(_VARIABLE)}
        # What has still to be made is nothing here: a plan does not make any.
        facts = [
            (each, given.get(variable(each), kept.get(each)) if given else kept.get(each))
            for each in sorted(set(handles))
        ]
        if all(value is None for _, value in facts):
            return ABSENT * len(facts)
        self.ensure({_DIGEST_KEY: lambda: secrets.token_hex(32)})
        keyed = blake2b(key=self.get(_DIGEST_KEY).encode(), digest_size=PIECE // 2)

        def piece(handle: str, value: str | None) -> str:
            if value is None:
                return ABSENT
            found = keyed.copy()  # half the time of a new one: there are a hundred for each of a thousand tenants
            found.update(f"{handle}\0{value}".encode())
            return found.hexdigest()

        return "".join(piece(*each) for each in facts)


def variable(handle: str) -> str:
    """The variable of the environment that overrides a secret."""
    return _VARIABLE + re.sub(r"[^A-Z0-9]+", "_", handle.upper())
