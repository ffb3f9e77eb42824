"""Announcements: a caller hears a prompt and goes on (rows R1, R2)."""

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, probes, words
from .model import Announcement

FEATURE: Feature[dict[str, Announcement]] = Feature(
    section="announcements",
    nouns=("announcement", "announcements"),
    kind="announcement",
    extensions=lambda announcements: (
        (each.extension, Ref("announcement", name), ("announcements", name, "extension"))
        for name, each in announcements.items()
        if each.extension
    ),
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
)
