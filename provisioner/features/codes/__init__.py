"""Phone codes: what users have done by dialling a star and digits, by codes of its own choice (rows R4, Q3)."""

from provisioner.core.feature import Feature

from . import checks, words

FEATURE: Feature[dict[str, str]] = Feature(
    section="codes",
    rules=checks.RULES,
    check=checks.check,
    wordings=words.WORDINGS,
)
