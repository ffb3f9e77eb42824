"""Recording: who is told of it, who may listen to recorded calls, and how long they are kept (row U8)."""

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature

from . import asterisk, checks, facts, rights, words
from .model import Recording

FEATURE: Feature[Recording | None] = Feature(
    section="recording",
    rules=checks.RULES,
    check=checks.check,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    unordered=(Unordered(("listeners",)),),
    rights=rights.rights,
    lower={"asterisk": asterisk.lower},
)
