"""Directories: callers find people by the letters on their keys (row R2)."""

from provisioner.core.feature import Feature
from provisioner.core.refs import Ref

from . import asterisk, checks, facts, probes, words
from .model import Directory

FEATURE: Feature[dict[str, Directory]] = Feature(
    section="directories",
    nouns=("directory", "directories"),
    kind="directory",
    rules=checks.RULES,
    check=checks.check,
    extensions=lambda directories: (
        (each.extension, Ref("directory", name), ("directories", name, "extension"))
        for name, each in directories.items()
        if each.extension
    ),
    contribute=facts.contribute,
    wordings=words.WORDINGS,
    lower={"asterisk": asterisk.lower},
    visit=probes.visit,
)
