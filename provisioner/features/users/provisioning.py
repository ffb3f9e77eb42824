"""Users' telephones that set themselves up: what stands in the file of each, or of a handset in its base's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.secrets import defuse
from provisioner.core.source import Path
from provisioner.targets.provisioning.models import MODELS, Maker
from provisioner.targets.provisioning.objects import Handset, Key, Telephone

from .devices import Device, DeviceKind, PhoneKey
from .model import User, account, link, password


class _Common(TypedDict):
    account: str
    domain: str
    password: str
    name: str
    extension: str
    source: Path


def lower(users: dict[str, User], scope: Scope) -> Iterator[Telephone | Handset]:
    dialled = {ref: extension for extension, ref in scope.extensions.items()}
    for name, user in users.items():
        for device, what in user.devices.items():
            login = account(name, user, device)
            common: _Common = {
                "account": login,
                "domain": scope.domain,
                "password": password(scope.slug, login),
                "name": defuse(user.name),
                "extension": user.extension,
                "source": ("users", name, "devices", device),
            }
            if what.base and what.handset:
                yield Handset(**common, base=what.base.name, number=what.handset)
            elif maker := maker_of(what):
                yield Telephone(
                    **common,
                    tenant=scope.slug,
                    link=link(scope.slug, login),
                    maker=maker,
                    language=user.language or scope.language,
                    mac=what.mac or "",
                    keys=tuple(_key(each, users, dialled) for each in what.keys),
                    book=scope.contact_book,
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
