"""External attendants: people of another company who answer for the tenant, always or when needed (row T2)."""

from collections.abc import Mapping

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature, Way
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from . import asterisk, checks, facts, flows, probes, trace, words
from .model import ExternalAttendant

_WAYS: Mapping[Path, Way] = {
    ("absence", "of"): Way.USES,
    # Only once in a call, so it closes no round.
    ("absence", "present"): Way.CHOSEN,
}

FEATURE: Feature[dict[str, ExternalAttendant]] = Feature(
    section="external_attendants",
    nouns=("external attendant", "external attendants"),
    kind="external_attendant",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda attendants: (
        (attendant.extension, Ref("external_attendant", name), ("external_attendants", name, "extension"))
        for name, attendant in attendants.items()
        if attendant.extension
    ),
    way=lambda path: _WAYS.get(path[:2], Way.GOES),
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    unordered=(Unordered(("*", "absence", "*")),),
    flows=flows.FLOWS,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
    trace=trace.trace,
)
