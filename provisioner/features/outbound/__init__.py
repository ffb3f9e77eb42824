"""Outbound: what users dial, whom they may call, and how a public number is reached (rows N8, U1)."""

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature

from . import asterisk, checks, facts, probes, rights, trace, words
from .model import Outbound

FEATURE: Feature[Outbound] = Feature(
    section="outbound",
    rules=checks.RULES,
    check=checks.check,
    services=(facts.SERVICE,),
    codes=facts.codes,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    unordered=(Unordered(("override", "users")),),
    rights=rights.rights,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
    trace=trace.trace,
)
