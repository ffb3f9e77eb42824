"""The telephones of one tenant, as whoever sets them up wants to see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.targets.kamailio import rows as kamailio
from provisioner.targets.kamailio.objects import Subscriber
from provisioner.targets.provisioning import bundle as provisioning
from provisioner.targets.provisioning.objects import Telephone

from .compile import lowered
from .validate import Specification


@dataclass(frozen=True, slots=True)
class Listed:
    """One telephone: its account at the edge, and its settings where it sets itself up."""

    account: Subscriber
    settings: Telephone | None


def of(specification: Specification, slug: str) -> Mapping[str, Listed]:
    """account → telephone, in the order of the file."""
    tenant, scope = specification.tenants[slug], specification.scopes[slug]
    settings = {each.account: each for each in lowered(tenant, scope, provisioning.PRODUCT)}
    accounts = (each for each in lowered(tenant, scope, kamailio.PRODUCT) if isinstance(each, Subscriber))
    return {each.username: Listed(each, settings.get(each.username)) for each in accounts}


def one(telephones: Mapping[str, Listed], slug: str, account: str) -> Listed:
    if account in telephones:
        return telephones[account]
    near = nearest(account, telephones)
    known = f"`pbx device {slug} list` names them"
    raise UsageError(f"{slug} has no telephone {account!r}", f"did you mean {near}?" if near else known)
