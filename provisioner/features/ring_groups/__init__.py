"""Ring groups: several telephones ring for one call, all at once or one after the other (rows Q1–Q3)."""

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, kamailio, probes, words
from .model import RingGroup

FEATURE: Feature[dict[str, RingGroup]] = Feature(
    section="ring_groups",
    nouns=("ring group", "ring groups"),
    kind="ring_group",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda groups: (
        (group.extension, Ref("ring_group", name), ("ring_groups", name, "extension"))
        for name, group in groups.items()
        if group.extension
    ),
    codes=facts.codes,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower},
    visit=probes.visit,
)
