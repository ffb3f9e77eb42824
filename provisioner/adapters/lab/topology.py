"""The lab on paper: which machines there are, and every name and address that follows from lab and slot.

Pure. All addresses come from 198.18.0.0/15, the benchmark range (RFC 2544), that no real network routes.
A lab takes a slot S: private network 198.18.S.0/24, public network 198.19.S.0/24, the engineer's computer is .1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.core.errors import UsageError

SLOTS = range(128)
NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """A machine of every lab: `number` is the last octet of its addresses."""

    name: str
    number: int
    private: bool
    """On the private network. Else only the engineer's computer reaches it, over a cable of its own."""
    public: bool

    def private_address(self, slot: int) -> str:
        return f"198.18.{slot}.{self.number}"

    def public_address(self, slot: int) -> str | None:
        return f"198.19.{slot}.{self.number}" if self.public else None

    def interface(self) -> str:
        """What the machine calls the interface that SSH comes in by."""
        return "private" if self.private else "manage"


# carrier and phones are the outside world: they must not reach data and core behind the edge's back.
MACHINES = (
    MachineSpec("data", 10, private=True, public=False),
    MachineSpec("edge", 20, private=True, public=True),
    MachineSpec("core", 30, private=True, public=False),
    MachineSpec("carrier", 40, private=False, public=True),
    MachineSpec("phones", 50, private=False, public=True),
)
BY_NAME = {m.name: m for m in MACHINES}


def check_name(lab: str) -> str:
    if NAME.fullmatch(lab):
        return lab
    raise UsageError(
        f"lab name {lab!r} is not allowed: expected a small letter, then small letters, digits or '-', 20 at most",
        "choose another name with --name or PBX_LAB",
    )


def host_address(slot: int, *, public: bool = False) -> str:
    return f"198.{19 if public else 18}.{slot}.1"


def gateway_address(slot: int, *, public: bool = False) -> str:
    """The lab's router, by which the core's notices leave and nothing else passes."""
    return f"198.{19 if public else 18}.{slot}.254"


def host_link(slot: int, cable: str) -> str:
    """An interface on the engineer's computer; the kernel refuses a second one of the name: that claims a slot."""
    return f"pbx{slot}{cable}"


def hub(lab: str) -> str:
    """The namespace that holds the lab's bridges, away from the host's firewall and bridge settings."""
    return f"pbx-{lab}-hub"


def namespace(lab: str, machine: str) -> str:
    return f"pbx-{lab}-{machine}"


def namespaces(lab: str) -> tuple[str, ...]:
    return (hub(lab), *(namespace(lab, m.name) for m in MACHINES))
