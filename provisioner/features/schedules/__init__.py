"""Schedules: open or closed by the week, holidays and exceptions, with a manual switch above them (rows R4, R6)."""

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature

from . import asterisk, checks, facts, flows, kamailio, probes, spelled, trace, words
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
    spelled=spelled.spelled,
    unordered=(
        Unordered(("*", "exceptions")),
        Unordered(("*", "vacations")),
        Unordered(("*", "holidays", "*")),
        Unordered(("*", "switch", "users")),
        Unordered(("*", "weekly", "*")),
    ),
    flows=flows.FLOWS,
    by_day=flows.by_day,
    rights=flows.rights,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
    visit=probes.visit,
    trace=trace.trace,
)
