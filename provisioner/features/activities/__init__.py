"""Activities: what users are doing, what callers hear of it, and where calls go meanwhile (rows A1–A3, A6, U5)."""

from provisioner.core.codes import Service
from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, words
from .model import Activity, known

FEATURE: Feature[dict[str, Activity] | None] = Feature(
    section="activities",
    nouns=("activity", "activities"),
    kind="activity",
    rules=checks.RULES,
    check=checks.check,
    defines=lambda section: (Ref("activity", name) for name in known(section)),
    services=(
        Service("activity", "*24", "is available again; with the number of an activity behind it, is in that one"),
        Service("activity-message", "*25", "records what callers hear in the activity whose number follows"),
    ),
    codes=facts.codes,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
)
