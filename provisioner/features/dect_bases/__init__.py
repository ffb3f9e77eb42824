"""DECT bases: each sets itself and its handsets up by one file; the handsets are users' telephones (rows N5, U14)."""

from provisioner.core.feature import Feature

from . import checks, facts, provisioning, words
from .model import DectBase

FEATURE: Feature[dict[str, DectBase]] = Feature(
    section="dect_bases",
    nouns=("DECT base", "DECT bases"),
    kind="dect_base",
    rules=checks.RULES,
    check=checks.check,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    same=("mac",),
    lower={"provisioning": provisioning.lower},
)
