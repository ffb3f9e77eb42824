"""Contacts: people outside whom the tenant knows; their calls bear their names (rows U2, U11, U12)."""

from provisioner.core.feature import Feature

from . import asterisk, checks, facts, ldap, words
from .model import Contact

FEATURE: Feature[dict[str, Contact] | None] = Feature(
    section="contacts",
    nouns=("contact", "contacts"),
    kind="contact",
    rules=checks.RULES,
    check=checks.check,
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower, "ldap": ldap.lower},
)
