"""What changes of prompts mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(("*",), added="a prompt {name} exists", removed="the prompt {name} is gone"),
    Wording(
        ("*", "recorded"),
        added="users record {name} by phone, number {new} behind the code for prompts",
        removed="{name} is no longer recorded by phone: callers hear what the file says",
        changed="users dial number {new} to record {name}, no longer {old}",
    ),
    Wording(
        ("*", "recorded", "*"),
        added="users record {name} ({key}) by phone, number {new} behind the code for prompts",
        removed="{name} ({key}) is no longer recorded by phone: callers hear what the file says",
        changed="users dial number {new} to record {name} ({key}), no longer {old}",
    ),
    Wording(("*", "text"), changed="callers hear in {name}: {new} instead of {old}"),
    Wording(("*", "text", "*"), changed="callers hear in {name} ({key}): {new} instead of {old}"),
    Wording(("*", "file"), changed="callers hear in {name} the recording {new} instead of {old}"),
    Wording(("*", "file", "*"), changed="callers hear in {name} ({key}) the recording {new} instead of {old}"),
)
