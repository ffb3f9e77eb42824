"""Voice attendants: callers say who or what they seek, and the answer routes the call (row R9)."""

from provisioner.core.feature import Feature, Way
from provisioner.core.refs import Ref

from . import asterisk, checks, flows, probes, trace, words
from .model import VoiceAttendant

FEATURE: Feature[dict[str, VoiceAttendant]] = Feature(
    section="voice_attendants",
    nouns=("voice attendant", "voice attendants"),
    kind="voice_attendant",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda attendants: (
        (each.extension, Ref("voice_attendant", name), ("voice_attendants", name, "extension"))
        for name, each in attendants.items()
        if each.extension
    ),
    way=lambda path: Way.CHOSEN if path[0] in ("keys", "choices") else Way.GOES,
    wordings=words.WORDINGS,
    flows=flows.FLOWS,
    implied=flows.implied,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
    trace=trace.trace,
)
