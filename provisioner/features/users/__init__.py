"""Users: people and places with an extension, their telephones, and what happens to their calls (rows U1–U5, N5)."""

from provisioner.core.codes import Service
from provisioner.core.feature import Feature, Way
from provisioner.core.refs import Ref

from . import asterisk, checks, engaged, facts, kamailio, mobile, off, probes, provisioning, words
from .model import User

FEATURE: Feature[dict[str, User]] = Feature(
    section="users",
    nouns=("user", "users"),
    kind="user",
    rules=checks.RULES,
    check=checks.check,
    defines=lambda users: (Ref("voicemail", name) for name, user in users.items() if user.voicemail),
    extensions=lambda users: (
        (user.extension, Ref("user", name), ("users", name, "extension")) for name, user in users.items()
    ),
    services=(
        Service("voicemail", "*98", "hears the messages in the own mailbox"),
        off.SERVICE,
        mobile.SERVICE,
        engaged.SERVICE,
    ),
    codes=facts.codes,
    # A key of a telephone calls when somebody presses it; no call goes on there.
    way=lambda path: Way.USES if "keys" in path else Way.GOES,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    holds=facts.holds,
    lower={"asterisk": asterisk.lower, "kamailio": kamailio.lower, "provisioning": provisioning.lower},
    visit=probes.visit,
    probes=probes.probes,
)
