"""What a room may say to Kamailio: the rows that make a tenant known to the edge.

Objects are plain data, each carrying the node of the tenant file it comes from. A number or a domain belongs to one
tenant only, over the whole platform; the database and the module that writes it refuse a second owner. Phone codes are
each tenant's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.records import record
from provisioner.core.source import Path


@dataclass(frozen=True, slots=True)
class Tenant:
    """The tenant itself: where its dialplan runs, and the number it shows when a user has none."""

    slug: str
    core: str
    """Name of the core node."""
    main_number: str = ""
    """E.164 with plus, or empty."""
    source: Path | None = None
    formerly: tuple[str, ...] = ()
    """Names under which rows of it may still lie."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A SIP domain: the realm of the tenant's devices and the host of its users' addresses."""

    name: str
    tenant: str
    source: Path | None = None


@record
class Subscriber:
    """The account of one device. Calls to `sip:<name>@<domain>` ring all devices whose accounts begin with the name."""

    username: str
    """`<name>-<device>`; the name is the user's, or one that she had earlier."""
    domain: str
    tenant: str
    user: str
    device: str
    secret: str
    """Handle of the password in the secret store; HA1 takes its place when rows are applied."""
    extension: str = ""
    kind: str = ""
    """What sort of telephone it is; the edge learns that from how it registers, test telephones from here."""
    source: Path | None = None


@record
class Number:
    """A public number of the tenant, E.164 with plus."""

    number: str
    tenant: str
    source: Path | None = None


@record
class Light:
    """What a telephone of the tenant may watch: a phone code, and the light that the core shows for it.

    Telephones ask by SUBSCRIBE for dialog events (RFC 4235) of what a key dials.
    """

    dialled: str
    light: str
    """A name of `core.lights`."""
    tenant: str
    source: Path | None = None


Object = Tenant | Domain | Subscriber | Number | Light


def username(user: str, device: str) -> str:
    """The account name of a user's device."""
    return f"{user}-{device}"
