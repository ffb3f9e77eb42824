"""A machine that test telephones run on, and how files get there."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from .shell import Shell


@dataclass(frozen=True, slots=True)
class Machine:
    """How to run commands there, where its agents are controlled, where they talk SIP."""

    shell: Shell
    control_address: str
    address: str


def compressed(data: bytes) -> bytes:
    """Silence, most of a sound, shrinks to almost nothing."""
    return gzip.compress(data, compresslevel=1, mtime=0)
