"""Hot desks: a shared telephone is a user's from when she logs in there by code and PIN until she logs out (row N5)."""

from provisioner.core.feature import Feature, Way

from . import asterisk, checks, facts, words
from .model import HotDesks

FEATURE: Feature[HotDesks | None] = Feature(
    section="hot_desks",
    rules=checks.RULES,
    check=checks.check,
    services=(facts.SERVICE,),
    codes=facts.codes,
    way=lambda _: Way.USES,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
)
