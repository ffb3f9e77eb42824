"""Voicemail: mailboxes that several users share (row R5); personal ones belong to `users`."""

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature, Way
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, flows, kamailio, probes, rights, trace, words
from .model import SharedMailbox

FEATURE: Feature[dict[str, SharedMailbox]] = Feature(
    section="voicemail",
    nouns=("shared mailbox", "shared mailboxes"),
    kind="voicemail",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda boxes: (
        (box.extension, Ref("voicemail", name), ("voicemail", name, "extension"))
        for name, box in boxes.items()
        if box.extension
    ),
    codes=facts.codes,
    way=lambda path: Way.CHOSEN if "keys" in path else Way.GOES,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    unordered=(
        Unordered(("*", "members")),
        Unordered(("*", "notify", "*")),
    ),
    flows=flows.FLOWS,
    rights=rights.rights,
    holds=facts.holds,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
    visit=probes.visit,
    trace=trace.trace,
)
