"""Video rooms: colleagues call each other and share screens, and confer with people from outside (rows C8, C9)."""

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature, Way

from . import checks, facts, rights, video, words
from .model import Video

FEATURE: Feature[Video | None] = Feature(
    section="video",
    rules=checks.RULES,
    check=checks.check,
    way=lambda _: Way.USES,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    unordered=(Unordered(("rooms", "*", "leaders")),),
    rights=rights.rights,
    lower={"video": video.lower},
)
