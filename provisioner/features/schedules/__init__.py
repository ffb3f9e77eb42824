"""Schedules: open or closed by the week, holidays and exceptions, with a manual switch above them (rows R4, R6)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, facts, kamailio, probes, words
from .model import Schedule

FEATURE: Feature[dict[str, Schedule]] = Feature(
    section="schedules",
    nouns=("schedule", "schedules"),
    kind="schedule",
    rules=checks.RULES,
    check=checks.check,
    codes=facts.codes,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
    visit=probes.visit,
)
