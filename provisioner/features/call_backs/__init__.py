"""Call-back menus: a caller leaves a number, which is read back, stored and sent on by mail and SMS (row R7)."""

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, probes, words
from .model import CallBack

FEATURE: Feature[dict[str, CallBack]] = Feature(
    section="call_backs",
    nouns=("call-back menu", "call-back menus"),
    kind="call_back",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda call_backs: (
        (each.extension, Ref("call_back", name), ("call_backs", name, "extension"))
        for name, each in call_backs.items()
        if each.extension
    ),
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
)
