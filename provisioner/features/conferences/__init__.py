"""Telephone conferences: whoever calls the number and knows the PIN is in, and leaders hold the keys (row C11)."""

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature, Way
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, probes, rights, trace, words
from .model import Conference

FEATURE: Feature[dict[str, Conference]] = Feature(
    section="conferences",
    nouns=("conference", "conferences"),
    kind="conference",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda conferences: (
        (each.extension, Ref("conference", name), ("conferences", name, "extension"))
        for name, each in conferences.items()
        if each.extension
    ),
    way=lambda _: Way.USES,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    unordered=(Unordered(("*", "leaders")),),
    rights=rights.rights,
    holds=facts.holds,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
    trace=trace.trace,
)
