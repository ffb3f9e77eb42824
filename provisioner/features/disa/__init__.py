"""DISA: users call in from their mobile telephones and go on as themselves, after a PIN (rows N5, U15)."""

from provisioner.core.feature import Feature, Way

from . import asterisk, checks, facts, probes, trace, words
from .model import Disa

FEATURE: Feature[dict[str, Disa]] = Feature(
    section="disa",
    nouns=("access from outside", "accesses from outside"),
    kind="disa",
    rules=checks.RULES,
    check=checks.check,
    way=lambda _: Way.USES,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
    trace=trace.trace,
)
