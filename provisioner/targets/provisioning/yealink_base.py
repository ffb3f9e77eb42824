"""Yealink's configuration file of a DECT base, `<mac>.cfg`: account N belongs to handset N, for calls in and out.

Every account that the base could have is named, so that one whose handset is gone registers no longer.

Source: Yealink's description of configuration parameters of the W60B and W70B, firmware V85.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .objects import Base, Handset
from .yealink import account, book, one_line

MOST_OF_A_NAME = 24
"""Letters that a handset's idle screen shows of its name."""


def files(base: Base, handsets: Sequence[Handset]) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"{base.mac}.cfg", ("#!version:1.0.0.1", *(one_line(*each) for each in _settings(base, handsets)))


def _settings(base: Base, handsets: Sequence[Handset]) -> Iterator[tuple[str, object]]:
    yield "static.auto_provision.server.url", f"{base.address}/"
    known = {each.number: each for each in handsets}
    for number in range(1, base.takes + 1):
        if handset := known.get(number):
            yield from ((f"account.{number}.{name}", value) for name, value in account(handset).items())
            yield from ((f"handset.{number}.{name}", value) for name, value in _handset(handset).items())
        else:
            yield f"account.{number}.enable", 0
    if base.book and handsets:
        yield from ((f"ldap.{name}", value) for name, value in book(base.tenant, handsets[0]).items())


def _handset(handset: Handset) -> dict[str, object]:
    return {
        "name": handset.name[:MOST_OF_A_NAME],
        "incoming_lines": handset.number,
        "dial_out_lines": handset.number,
        "dial_out_default_line": handset.number,
    }
