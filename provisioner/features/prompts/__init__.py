"""Prompts: everything that a caller can hear, as an audio file or as a text to be spoken (row R3)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, facts, words
from .model import Prompt

FEATURE: Feature[dict[str, Prompt]] = Feature(
    section="prompts",
    nouns=("prompt", "prompts"),
    kind="prompt",
    rules=checks.RULES,
    check=checks.check,
    services=(facts.SERVICE,),
    codes=facts.codes,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
)
