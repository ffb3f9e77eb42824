"""Recorded calls of a tenant that came while a test ran, opened as `pbx recordings` does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from provisioner.core.artifacts import Recipe
from provisioner.core.ports.recordings import RecordedCall
from tests.lab.reception.reception import Reception, Stage

HOME = "/var/spool/asterisk/recordings"
SEALED = 15.0
"""Seconds within which a recording is sealed after its end, on a busy computer."""


@dataclass
class Recordings:
    """`new` are those that were not there when the test began, the oldest first."""

    reception: Reception
    tenant: str
    before: frozenset[str] = field(default_factory=frozenset)

    def new(self, count: int = 0) -> tuple[RecordedCall, ...]:
        """Waits until there are so many and no plain file is left."""
        ends = time.monotonic() + SEALED
        while True:
            found = tuple(each for each in self._all() if each.id not in self.before)
            plain = self.plain()
            if len(found) >= count and not plain:
                assert not count or len(found) == count, found
                return found
            assert time.monotonic() < ends, f"{len(found)} recordings, not {count}; in the open: {plain}"
            time.sleep(0.5)

    def sound(self, call: RecordedCall) -> bytes:
        return asyncio.run(self.reception.verification().recorded_calls().heard(self.tenant, call.id, "a test"))

    def plain(self) -> list[str]:
        """Files that nobody has sealed."""
        return self.reception.run("core", f"find {HOME} -type f -name '*.sln' -path '*/{self.tenant}/*'").split()

    def _all(self) -> tuple[RecordedCall, ...]:
        return asyncio.run(self.reception.verification().recorded_calls().recorded(self.tenant))


@contextmanager
def recordings(reception: Reception, tenant: str) -> Iterator[Recordings]:
    """Whatever is recorded meanwhile is deleted in the end."""
    found = Recordings(reception, tenant)
    found.before = frozenset(each.id for each in found._all())
    try:
        yield found
    finally:
        for each in found.new():
            asyncio.run(reception.verification().recorded_calls().delete(tenant, each.id, "a test", "made by a test"))


def heard_in(reception: Reception, tenant: str, wav: bytes, sounds: dict[str, Recipe]) -> set[str]:
    """Which of the sounds are in a recording."""

    async def listen(stage: Stage) -> set[str]:
        files = {words: await stage.bench.sounds(recipe) for words, recipe in sounds.items()}
        return {words for words, each in files.items() if stage.bench.ear.match(wav, each).heard}

    return reception.on_stage(tenant, listen)


def prompts(reception: Reception, tenant: str, names: Iterable[str]) -> dict[str, Recipe]:
    """Prompts of the tenant in its own language."""
    specification = reception.specification()
    language = specification.tenants[tenant].language
    sounds = specification.scopes[tenant].sounds
    return {name: sounds[name].get(language) or sounds[name][""] for name in names}
