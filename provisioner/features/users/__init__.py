"""Users: people and places with an extension, their telephones, and what happens to their calls (rows U1–U5, N5)."""

from provisioner.core.changes import Unordered
from provisioner.core.codes import Service
from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, engaged, facts, flows, kamailio, ldap, mobile, off, probes, provisioning, trace, words
from .model import User

FEATURE: Feature[dict[str, User]] = Feature(
    section="users",
    nouns=("user", "users"),
    kind="user",
    rules=checks.RULES,
    check=checks.check,
    defines_too=("voicemail",),
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
    way=facts.way,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    same=("name", "email", "mobile"),
    keyed={("*", "activities"): "activity"},
    unordered=(
        Unordered(("*", "vip")),
        Unordered(("*", "blocked")),
    ),
    flows=flows.FLOWS,
    implied=flows.implied,
    rights=flows.rights,
    holds=facts.holds,
    lower={
        "asterisk": asterisk.lower,
        "kamailio": kamailio.lower,
        "provisioning": provisioning.lower,
        "ldap": ldap.lower,
    },
    visit=probes.visit,
    trace=trace.trace,
    probes=probes.probes,
)
