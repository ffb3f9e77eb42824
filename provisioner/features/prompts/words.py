"""What changes of prompts mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(("*",), added="a prompt {name} exists", removed="the prompt {name} is gone"),
    Wording(("*", "text"), changed="callers hear in {name}: {new} instead of {old}"),
    Wording(("*", "text", "*"), changed="callers hear in {name} ({key}): {new} instead of {old}"),
    Wording(("*", "file"), changed="callers hear in {name} the recording {new} instead of {old}"),
    Wording(("*", "file", "*"), changed="callers hear in {name} ({key}) the recording {new} instead of {old}"),
)
