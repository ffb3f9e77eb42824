"""Numbers: the tenant's public numbers and where each leads (rows N1, N2, N3, N4)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, facts, kamailio, probes, words
from .model import Number

FEATURE: Feature[dict[str, Number]] = Feature(
    section="numbers",
    nouns=("number", "numbers"),
    rules=checks.RULES,
    check=checks.check,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    holds=facts.holds,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
    visit=probes.visit,
)
