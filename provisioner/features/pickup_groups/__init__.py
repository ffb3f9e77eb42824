"""Pick-up groups: members take calls that ring at each other's telephones, by dialling a code (row U7)."""

from provisioner.core.feature import Feature, Way

from . import asterisk, checks, facts, words
from .model import PickupGroup

FEATURE: Feature[dict[str, PickupGroup]] = Feature(
    section="pickup_groups",
    nouns=("pick-up group", "pick-up groups"),
    rules=checks.RULES,
    check=checks.check,
    services=(facts.SERVICE,),
    codes=facts.codes,
    way=lambda _: Way.USES,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
)
