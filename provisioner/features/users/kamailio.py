"""Users at the edge: one account for each telephone, in the tenant's SIP domain."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core import lights
from provisioner.core.feature import Scope
from provisioner.targets.kamailio.objects import Domain, Light, Subscriber

from .model import User, account, password


def lower(users: dict[str, User], scope: Scope) -> Iterator[Domain | Light | Subscriber]:
    yield Domain(scope.domain, scope.slug, ("domain",))
    for name, user in users.items():
        yield Light(user.extension, lights.of_line(scope.slug, name), scope.slug, ("users", name, "extension"))
        for device, what in user.telephones.items():
            login = account(name, user, device)
            yield Subscriber(
                username=login,
                domain=scope.domain,
                tenant=scope.slug,
                user=name,
                device=device,
                secret=password(scope.slug, login),
                extension=user.extension,
                kind=what.kind.value,
                source=("users", name, "devices", device),
            )
