"""Plans: what a provider sells, and whether a tenant file keeps to what was bought (rows N6, N7)."""

from provisioner.core.feature import Feature

from . import checks, words
from .model import AddOn

FEATURE: Feature[dict[str, AddOn]] = Feature(
    section="add_ons",
    rules=checks.RULES,
    check=checks.check,
    wordings=words.WORDINGS,
)
