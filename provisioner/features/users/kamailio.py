"""Users at the edge: one account for each telephone, in the tenant's SIP domain."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.targets.kamailio.objects import Domain, Subscriber, username

from .model import User


def lower(users: dict[str, User], scope: Scope) -> Iterator[Domain | Subscriber]:
    yield Domain(scope.domain, scope.slug, ("domain",))
    for name, user in users.items():
        for device in user.devices:
            account = username(name, device)
            yield Subscriber(
                username=account,
                domain=scope.domain,
                tenant=scope.slug,
                user=name,
                device=device,
                secret=f"devices/{scope.slug}/{account}",
                extension=user.extension,
                source=("users", name, "devices", device),
            )
