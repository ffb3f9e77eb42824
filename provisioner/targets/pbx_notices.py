"""The configuration of `pbx-notices`, our own sender on the core nodes: one JSON file, with secrets as tokens."""

from __future__ import annotations

import json

from provisioner.core import secrets
from provisioner.core.artifacts import Line, TextFile
from provisioner.core.outlets import MailRelay, Outlets, SmsGateway

PATH = "notices/config.json"
"""Below a core node's bundle."""


def render(node: str, outlets: Outlets) -> TextFile:
    facts = {"node": node, "mail": _mail(outlets.mail), "sms": _sms(outlets.sms)}
    return TextFile(PATH, tuple(map(Line, json.dumps(facts, indent=2, sort_keys=True).splitlines())))


def _mail(relay: MailRelay | None) -> dict[str, object] | None:
    if relay is None:
        return None
    return {
        "host": relay.host,
        "port": relay.port,
        "tls": relay.tls,
        "from": relay.sender,
        "user": relay.user,
        "password": secrets.token(relay.password) if relay.password else "",
    }


def _sms(gateway: SmsGateway | None) -> dict[str, object] | None:
    if gateway is None:
        return None
    return {
        "url": gateway.url,
        "from": gateway.sender,
        "token": secrets.token(gateway.token) if gateway.token else "",
        "headers": dict(gateway.headers),
        "body": dict(gateway.body),
    }
