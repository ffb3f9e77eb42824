"""Parking: callers wait at a slot, from where every user can take them (row U7)."""

from provisioner.core.feature import Feature

from . import asterisk, facts, kamailio, words
from .model import Parking

FEATURE: Feature[Parking | None] = Feature(
    section="parking",
    services=(facts.SERVICE,),
    codes=facts.codes,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
)
