"""Queues: callers wait their turn while members' telephones ring (rows Q2, Q4, Q5, Q7)."""

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, probes, words
from .model import Queue

FEATURE: Feature[dict[str, Queue]] = Feature(
    section="queues",
    kind="queue",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda queues: (
        (queue.extension, Ref("queue", name), ("queues", name, "extension"))
        for name, queue in queues.items()
        if queue.extension
    ),
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
)
