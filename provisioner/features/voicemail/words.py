"""What changes of shared mailboxes mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="a shared mailbox {name} exists: {new}",
        removed="the shared mailbox {name} is gone, with its messages",
        dangerous=True,
    ),
    Wording(("*", "members"), changed="{new} may listen to the mailbox {name}, instead of {old}"),
    Wording(
        ("*", "greeting"),
        changed="callers hear the greeting {new} instead of {old} at the mailbox {name}",
        added="callers hear the greeting {new} at the mailbox {name}",
        removed="callers hear the usual greeting instead of {old} at the mailbox {name}",
    ),
    Wording(
        ("*", "notify", "mail"),
        changed="mails about messages in {name} go to {new} instead of {old}",
        added="mails about messages in {name} go to {new}",
        removed="mails about messages in {name} no longer go to {old}",
    ),
    Wording(
        ("*", "notify", "sms"),
        changed="text messages about messages in {name} go to {new} instead of {old}",
        added="text messages about messages in {name} go to {new}",
        removed="text messages about messages in {name} no longer go to {old}",
    ),
    Wording(
        ("*", "notify", "members"),
        changed="members are told of messages in {name}: {new} instead of {old}",
        added="members are told of messages in {name}: {new}",
        removed="members are no longer told of messages in {name}",
    ),
    Wording(
        ("*", "notify", "audio"),
        changed="mails about messages in {name} carry them: {new} instead of {old}",
        added="mails about messages in {name} carry them: {new}",
        removed="mails about messages in {name} no longer carry them",
    ),
    Wording(
        ("*", "notify"),
        added="people are told of messages in {name}: {new}",
        removed="nobody is told of messages in {name} any more",
    ),
    Wording(
        ("*", "keys"),
        added="who presses a key at the mailbox {name} goes on: {new}",
        removed="keys at the mailbox {name} lead nowhere any more, instead of {old}",
    ),
    Wording(
        ("*", "keys", "*"),
        changed="key {key} at the mailbox {name} leads to {new} instead of {old}",
        added="key {key} at the mailbox {name} leads to {new}",
        removed="key {key} at the mailbox {name} no longer leads to {old}",
    ),
    Wording(
        ("*", "extension"),
        changed="the mailbox {name} is dialled as {new} instead of {old}",
        added="the mailbox {name} is dialled as {new}",
        removed="the mailbox {name} can no longer be dialled",
    ),
    Wording(
        ("*", "transcribe"),
        changed="messages in {name} are written down as {new} instead of {old}",
        added="messages in {name} are written down too, as {new}",
        removed="messages in {name} are no longer written down as {old}",
    ),
    Wording(
        ("*", "retention"),
        changed="messages in {name} are deleted after {new} days instead of {old}",
        added="messages in {name} are deleted after {new} days",
        removed="messages in {name} are kept until somebody deletes them, and no longer for {old} days",
    ),
    Wording(
        ("*", "max_length"),
        changed="messages in {name} may last {new} instead of {old}",
        added="messages in {name} may last {new}",
        removed="messages in {name} may last as long as usual instead of {old}",
    ),
)
