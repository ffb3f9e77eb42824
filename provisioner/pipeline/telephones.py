"""The telephones and DECT bases of one tenant, as whoever sets them up wants to see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.targets.kamailio import rows as kamailio
from provisioner.targets.kamailio.objects import Subscriber
from provisioner.targets.provisioning import bundle as provisioning
from provisioner.targets.provisioning.objects import Base, Handset, Telephone

from .compile import lowered
from .validate import Specification


@dataclass(frozen=True, slots=True)
class Listed:
    """One telephone: its account at the edge, and its settings where it sets itself up; or a base, which has none."""

    name: str
    account: Subscriber | None
    settings: Telephone | Base | None
    base: str = ""
    """The base that sets a handset up, as it is listed."""


def of(specification: Specification, slug: str) -> Mapping[str, Listed]:
    """account → telephone, in the order of the file; DECT bases after them."""
    tenant, scope = specification.tenants[slug], specification.scopes[slug]
    written = list(lowered(tenant, scope, provisioning.PRODUCT))
    settings = {each.account: each for each in written if isinstance(each, Telephone)}
    bases = {each.name: each for each in written if isinstance(each, Base)}
    at = {each.account: bases[each.base].account for each in written if isinstance(each, Handset)}
    accounts = (each for each in lowered(tenant, scope, kamailio.PRODUCT) if isinstance(each, Subscriber))
    telephones = (
        Listed(each.username, each, settings.get(each.username), at.get(each.username, "")) for each in accounts
    )
    return {each.name: each for each in (*telephones, *(Listed(one.account, None, one) for one in bases.values()))}


def one(telephones: Mapping[str, Listed], slug: str, account: str) -> Listed:
    """Raises UsageError with the nearest where the tenant has no telephone of that name."""
    if account in telephones:
        return telephones[account]
    near = nearest(account, telephones)
    known = f"`pbx device {slug} list` names them"
    raise UsageError(f"{slug} has no telephone {account!r}", f"did you mean {near}?" if near else known)
