"""Moved: what has another name now, so that what users live with comes along (decision 0024)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, facts
from .model import Move

FEATURE: Feature[list[Move]] = Feature(
    section="moved",
    rules=checks.RULES,
    check=checks.check,
    contribute=facts.contribute,
    told=False,
    lower={"asterisk": asterisk.lower},
)
