"""Limits: how many calls at once, what they may cost in a day, a stop for dear calls in a rush (row N8)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, facts, words
from .model import Limits

FEATURE: Feature[Limits] = Feature(
    section="limits",
    rules=checks.RULES,
    check=checks.check,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    keyed={("users",): "user"},
    lower={"asterisk": asterisk.lower},
)
