"""Chat: users write to each other, in groups and in channels (rows C1, C2, C4–C7)."""

from provisioner.core.changes import Unordered
from provisioner.core.feature import Feature, Way

from . import asterisk, chat, checks, facts, rights, words
from .model import Chat

FEATURE: Feature[Chat | None] = Feature(
    section="chat",
    rules=checks.RULES,
    check=checks.check,
    way=lambda _: Way.USES,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    unordered=(
        Unordered(("teams", "*", "members")),
        Unordered(("channels", "*", "members")),
        Unordered(("channels", "*", "leaders")),
        Unordered(("channels", "*", "teams")),
        Unordered(("guests", "*", "channels")),
    ),
    rights=rights.rights,
    lower={"asterisk": asterisk.lower, "chat": chat.lower},
)
