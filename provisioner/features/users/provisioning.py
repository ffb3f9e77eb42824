"""Users' telephones that set themselves up: what stands in the file of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.secrets import defuse
from provisioner.targets.provisioning.models import MODELS, Maker
from provisioner.targets.provisioning.objects import Key, Telephone

from .devices import Device, DeviceKind, PhoneKey
from .model import User, account, link, password


def lower(users: dict[str, User], scope: Scope) -> Iterator[Telephone]:
    dialled = {ref: extension for extension, ref in scope.extensions.items()}
    for name, user in users.items():
        for device, what in user.devices.items():
            if maker := maker_of(what):
                login = account(name, user, device)
                yield Telephone(
                    account=login,
                    domain=scope.domain,
                    tenant=scope.slug,
                    password=password(scope.slug, login),
                    link=link(scope.slug, login),
                    maker=maker,
                    name=defuse(user.name),
                    extension=user.extension,
                    language=user.language or scope.language,
                    mac=what.mac or "",
                    keys=tuple(_key(each, users, dialled) for each in what.keys),
                    book=scope.contact_book,
                    source=("users", name, "devices", device),
                )


def maker_of(device: Device) -> Maker | None:
    """Whose file the telephone reads; none where it is set up by hand."""
    if device.kind is DeviceKind.SOFTPHONE:
        return Maker.LINPHONE
    return MODELS[device.model] if device.model else None


def _key(key: PhoneKey, users: Mapping[str, User], dialled: Mapping[Ref, str]) -> Key:
    if key.to is None:
        return Key(defuse(key.label or key.code or ""), key.code or "")
    called = users[key.to.name].name if key.to.kind == "user" else key.to.name
    return Key(defuse(key.label or called), dialled[key.to])
