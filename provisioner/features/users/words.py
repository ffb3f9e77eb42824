"""What changes of users mean for callers and users."""

from provisioner.core.changes import Wording


def _way(key: str, when: str) -> Wording:
    return Wording(
        ("*", "forwarding", key),
        changed=f"calls for {{name}} {when} go to {{new}} instead of {{old}}",
        added=f"calls for {{name}} {when} go to {{new}}",
        removed=f"calls for {{name}} {when} no longer go to {{old}}",
    )


WORDINGS = (
    Wording(
        ("*",),
        added="a user {name} exists: {new}",
        removed="the user {name} is gone, with telephones and mailbox",
        dangerous=True,
    ),
    Wording(("*", "name"), changed="colleagues see {new} instead of {old} when {name} calls"),
    Wording(("*", "extension"), changed="{name} is dialled as {new} instead of {old}"),
    Wording(("*", "plan"), changed="{name} moves from the plan {old} to {new}"),
    Wording(
        ("*", "site"),
        changed="calls for help by {name} come from {new} instead of {old}",
        added="calls for help by {name} come from {new}",
        removed="calls for help by {name} come from the first site instead of {old}",
    ),
    Wording(
        ("*", "caller_id"),
        changed="calls by {name} show {new} instead of {old}",
        added="calls by {name} show {new}",
        removed="calls by {name} show the main number instead of {old}",
    ),
    Wording(
        ("*", "call_permission"),
        changed="{name} may call {new} and less, instead of {old} and less",
        added="{name} may call {new} and less",
        removed="{name} may call as usual, instead of {old} and less",
    ),
    Wording(
        ("*", "devices"),
        added="{name} telephones with {new}",
        removed="{name} has no telephone any more, instead of {old}",
        dangerous=True,
    ),
    Wording(
        ("*", "devices", "*"),
        added="{name} has a new telephone {key}",
        removed="the telephone {key} of {name} can no longer log in",
        dangerous=True,
    ),
    Wording(
        ("*", "ring_time"),
        changed="telephones of {name} ring for {new} instead of {old}",
        added="telephones of {name} ring for {new}",
        removed="telephones of {name} ring as long as usual instead of {old}",
    ),
    Wording(
        ("*", "forwarding"),
        added="{name} forwards calls: {new}",
        removed="{name} no longer forwards calls: {old}",
    ),
    _way("always", "that come at all"),
    _way("busy", "while the line is busy"),
    _way("no_answer", "that are not answered"),
    _way("unreachable", "while no telephone is there"),
    Wording(
        ("*", "voicemail"),
        added="{name} has a mailbox",
        removed="the mailbox of {name} is gone, with its messages",
        dangerous=True,
    ),
    Wording(
        ("*", "voicemail", "greeting"),
        changed="callers hear the greeting {new} instead of {old} at the mailbox of {name}",
        added="callers hear the greeting {new} at the mailbox of {name}",
        removed="callers hear the usual greeting instead of {old} at the mailbox of {name}",
    ),
    Wording(
        ("*", "language"),
        changed="{name} hears {new} instead of {old}",
        added="{name} hears {new}",
        removed="{name} hears the tenant's language instead of {old}",
    ),
    Wording(
        ("*", "email"),
        changed="mail for {name} goes to {new} instead of {old}",
        added="mail for {name} goes to {new}",
        removed="mail for {name} has nowhere to go",
    ),
)
