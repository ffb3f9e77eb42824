"""Call log: how long users see their calls (row U13)."""

from provisioner.core.feature import Feature

from . import facts, words
from .model import CallLog

FEATURE: Feature[CallLog | None] = Feature(section="call_log", contribute=facts.contribute, wordings=words.WORDINGS)
