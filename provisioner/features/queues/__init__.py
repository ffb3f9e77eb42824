"""Queues: callers wait their turn while members' telephones ring (rows Q2–Q8)."""

from provisioner.core.codes import Service
from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, kamailio, probes, words
from .model import Queue

FEATURE: Feature[dict[str, Queue]] = Feature(
    section="queues",
    nouns=("queue", "queues"),
    kind="queue",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda queues: (
        (queue.extension, Ref("queue", name), ("queues", name, "extension"))
        for name, queue in queues.items()
        if queue.extension
    ),
    services=(
        Service("agent", "*22", "logs in or out of the queue or group whose extension follows"),
        Service("pause", "*23", "pauses in the queue whose extension follows, or goes on"),
    ),
    codes=facts.codes,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    holds=facts.holds,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
    visit=probes.visit,
)
