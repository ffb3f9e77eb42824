"""Sites: where the tenant's users sit, and how a call for help from there is made (rows N1, N5)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, facts, words
from .model import Site

FEATURE: Feature[dict[str, Site]] = Feature(
    section="sites",
    nouns=("site", "sites"),
    kind="site",
    rules=checks.RULES,
    check=checks.check,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
)
