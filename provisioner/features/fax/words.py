"""What changes of fax mailboxes mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="a fax mailbox {name} exists: {new}",
        removed="the fax mailbox {name} is gone",
        dangerous=True,
    ),
    Wording(("*", "mail"), changed="faxes to {name} go to {new} instead of {old}"),
    Wording(
        ("*", "sms"),
        changed="text messages about faxes to {name} go to {new} instead of {old}",
        added="text messages about faxes to {name} go to {new}",
        removed="text messages about faxes to {name} no longer go to {old}",
    ),
    Wording(
        ("*", "extension"),
        changed="the fax mailbox {name} is dialled as {new} instead of {old}",
        added="the fax mailbox {name} is dialled as {new}",
        removed="the fax mailbox {name} can no longer be dialled",
    ),
)
