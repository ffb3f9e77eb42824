"""Menus: a prompt asks, a key answers; silence, wrong keys and used-up attempts each lead somewhere (row R2)."""

from provisioner.core.feature import Feature, Way
from provisioner.core.refs import Ref

from . import asterisk, checks, flows, probes, trace, words
from .model import Ivr

FEATURE: Feature[dict[str, Ivr]] = Feature(
    section="ivr",
    nouns=("menu", "menus"),
    kind="ivr",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda menus: (
        (menu.extension, Ref("ivr", name), ("ivr", name, "extension")) for name, menu in menus.items() if menu.extension
    ),
    way=lambda path: Way.CHOSEN if path[0] in ("keys", "invalid") else Way.GOES,
    wordings=words.WORDINGS,
    flows=flows.FLOWS,
    implied=flows.implied,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
    trace=trace.trace,
)
