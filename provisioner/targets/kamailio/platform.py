"""What an edge node must know of the platform around it: its addresses, the core nodes, the trunks.

Facts only, put together by the pipeline from the provider's platform file; `configuration.render` turns them into
Kamailio's files. Nothing of any tenant stands here: tenants reach the edge as rows of a database (`rows`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Transport = Literal["udp", "tcp"]

NumberFormat = Literal["+e164", "e164", "00e164", "national"]
"""How a carrier writes numbers: `+46850100100`, `46850100100`, `0046850100100`, `0850100100`."""


@dataclass(frozen=True, slots=True)
class CoreNode:
    """A core node as the edge reaches it, over UDP on the private network."""

    name: str
    address: str
    port: int = 5060


@dataclass(frozen=True, slots=True)
class Trunk:
    """A carrier's SIP peer that is recognised by its address.

    `numbers` are the beginnings of the called numbers (E.164 with plus) that may leave here: the longest that fits
    wins, `+` fits all. Of several trunks for one beginning the lowest `order` is tried first, the others when it does
    not answer or answers 5xx.
    """

    name: str
    address: str
    port: int = 5060
    transport: Transport = "udp"
    number_format: NumberFormat = "+e164"
    country_code: str = "46"
    """Without plus; what a national number is completed with."""
    numbers: tuple[str, ...] = ("+",)
    emergency: bool = False
    """Whether calls to emergency numbers may leave here; with no `numbers` it serves nothing else."""
    order: int = 10
    probe: bool = False
    """Whether the carrier answers OPTIONS, so that a dead trunk is known before a call has to wait for it."""
    shows_callers: bool = False
    """Whether calls that are sent on tell who called; carriers refuse numbers that are not the tenant's."""
    sources: tuple[str, ...] = ()
    """Further addresses that the carrier calls from, besides `address`; a network as `a.b.c.d/len`."""


@dataclass(frozen=True, slots=True)
class Defence:
    """How much an edge bears before it stops listening to a source."""

    failures: int = 5
    """Wrong passwords of one account from one address before both together are refused."""
    source_failures: int = 20
    """Wrong passwords of any account, or calls from strangers, from one address before it is ignored."""
    ban_seconds: int = 300
    requests: int = 60
    """Requests from one address within two seconds."""
    requests_of_known: int = 1200
    """The same from an address where somebody has given a right password within a day."""


@dataclass(frozen=True, slots=True)
class EdgePlatform:
    """One edge node and its surroundings. Addresses are IPv4."""

    name: str
    private_address: str
    """Towards core and data nodes."""
    public_address: str
    """Towards users and carriers."""
    public_name: str
    """The host name or address that carriers see in From and P-Asserted-Identity."""
    database_address: str
    """Of the data node."""
    cores: tuple[CoreNode, ...]
    trunks: tuple[Trunk, ...] = ()
    emergency_numbers: tuple[str, ...] = ("112",)
    defence: Defence = Defence()
    server_id: int = 1
    """Tells the registrations of several edges apart in the common database."""
