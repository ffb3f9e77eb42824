"""What changes of chat mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        (),
        added="users have chat, declared in it: {new}",
        removed="users have no chat any more, and all that they wrote there is deleted",
        dangerous=True,
    ),
    Wording(
        ("channels",),
        added="chat channels are new: {new}",
        removed="all chat channels are gone, with what was written there: {old}",
        dangerous=True,
    ),
    Wording(
        ("channels", "*"),
        added="chat channel {key} is new: {new}",
        removed="chat channel {key} is gone, with what was written there: {old}",
        dangerous=True,
    ),
    Wording(("channels", "*", "kind"), changed="a chat channel is {new} instead of {old}"),
    Wording(
        ("teams", "*"),
        added="chat has the team {key}: {new}",
        removed="the team {key} is no longer in contact lists of chat: {old}",
    ),
    Wording(
        ("guests", "*"),
        added="{key} is a guest in chat: {new}",
        removed="{key} is no longer a guest in chat: {old}",
    ),
    Wording(
        ("guests", "*", "until"),
        changed="a guest in chat is locked out after {new} instead of {old}",
        removed="a guest in chat stays for ever instead of until {old}",
    ),
    Wording(
        ("statuses", "*"),
        changed="who is {key} in chat is in the activity {new} instead of {old}",
        added="who is {key} in chat is in the activity {new}",
        removed="{key} in chat sets no activity any more instead of {old}",
    ),
    Wording(
        ("roles", "*"),
        changed="{key} is {new} in chat instead of {old}",
        added="{key} is {new} in chat",
        removed="{key} is a usual member in chat instead of {old}",
    ),
)
