"""Calendars: what users' calendars say sets their activity (row A5)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, words
from .model import Calendars

FEATURE: Feature[Calendars | None] = Feature(
    section="calendars",
    nouns=("calendar", "calendars"),
    rules=checks.RULES,
    check=checks.check,
    wordings=words.WORDINGS,
    keyed={("users",): "user"},
    lower={"asterisk": asterisk.lower},
)
