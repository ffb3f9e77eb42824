"""What changes of users mean for callers and users."""

from collections.abc import Iterator

from provisioner.core.changes import Wording
from provisioner.core.flows import INSIDE, OUTSIDE

_WAYS = {
    "always": "that come at all",
    "busy": "while the line is busy",
    "no_answer": "that are not answered",
    "unreachable": "while no telephone is there",
}
_SIDES = {INSIDE: "of colleagues", OUTSIDE: "from outside"}


def _way(when: str, *where: str, whose: str = "") -> Wording:
    calls = f"calls{whose and f' {whose}'} for {{name}} {when}"
    return Wording(
        ("*", "forwarding", *where),
        changed=f"{calls} go to {{new}} instead of {{old}}",
        added=f"{calls} go to {{new}}",
        removed=f"{calls} no longer go to {{old}}",
    )


def _side(side: str, whose: str) -> Iterator[Wording]:
    yield Wording(
        ("*", "forwarding", side),
        added=f"calls {whose} for {{name}} go ways of their own: {{new}}",
        removed=f"calls {whose} for {{name}} go as all others, no longer: {{old}}",
    )
    for key, when in _WAYS.items():
        yield _way(when, side, key, whose=whose)


WORDINGS = (
    Wording(
        ("*",),
        added="a user {name} exists: {new}",
        removed="the user {name} is gone, with telephones and mailbox",
        dangerous=True,
    ),
    Wording(("*", "name"), changed="colleagues see {new} instead of {old} when {name} calls"),
    Wording(
        ("*", "listed"),
        changed="callers may ask for {name} by name: {new} instead of {old}",
        added="callers may ask for {name} by name: {new}",
        removed="callers may ask for {name} by name again",
    ),
    Wording(
        ("*", "account"),
        changed="telephones of {name} must log in anew, as {new}-… instead of {old}-…",
        added="telephones of {name} log in as {new}-…",
        removed="telephones of {name} must log in anew, as {name}-… instead of {old}-…",
        dangerous=True,
    ),
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
        ("*", "devices", "*", "caller_id"),
        changed="calls by {name} with one of her telephones show {new} instead of {old}",
        added="calls by {name} with one of her telephones show {new}",
        removed="calls by {name} with one of her telephones show what her others show, instead of {old}",
    ),
    Wording(
        ("*", "incoming"),
        changed="telephones of {name} show the {new} of callers instead of the {old}",
        added="telephones of {name} show the {new} of callers",
        removed="telephones of {name} show the name of callers again, instead of the {old}",
    ),
    Wording(
        ("*", "call_waiting"),
        changed="a second call rings {name} until she says otherwise: {new} instead of {old}",
        added="a second call rings {name} until she says otherwise: {new}",
        removed="a second call rings {name} as her telephones like, until she says otherwise",
    ),
    Wording(
        ("*", "waiting"),
        added="callers who find {name} on a call wait for her: {new}",
        removed="callers who find {name} on a call no longer wait for her",
    ),
    Wording(
        ("*", "waiting", "*"),
        changed="callers who wait for {name}: {key} {new} instead of {old}",
        added="callers who wait for {name}: {key} {new}",
        removed="callers who wait for {name}: {key} as usual instead of {old}",
    ),
    Wording(
        ("*", "call_permission"),
        changed="{name} may call {new} and less, instead of {old} and less",
        added="{name} may call {new} and less",
        removed="{name} may call as her plan says, instead of {old} and less",
    ),
    Wording(
        ("*", "recording"),
        changed="calls of {name} are recorded: {new} instead of {old}",
        added="calls of {name} are recorded: {new}",
        removed="calls of {name} are no longer recorded, instead of {old}",
        dangerous=True,
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
        ("*", "devices", "*", "number"),
        changed="the mobile telephone {new} rings along for {name} instead of {old}",
        added="the mobile telephone {new} rings along for {name}",
        removed="the mobile telephone {old} no longer rings along for {name}",
    ),
    Wording(
        ("*", "devices", "*", "after"),
        changed="a mobile telephone of {name} rings along after {new} instead of {old}",
        added="a mobile telephone of {name} rings along after {new}",
        removed="a mobile telephone of {name} rings along at once, and no longer after {old}",
    ),
    Wording(
        ("*", "devices", "*", "model"),
        changed="a telephone of {name} sets itself up as {new} instead of {old}",
        added="a telephone of {name} sets itself up as {new}",
        removed="a telephone of {name} no longer sets itself up, instead of as {old}",
    ),
    Wording(
        ("*", "devices", "*", "mac"),
        changed="the telephone {new} sets itself up for {name} instead of {old}",
        added="the telephone {new} sets itself up for {name}",
        removed="the telephone {old} no longer sets itself up for {name}",
    ),
    Wording(
        ("*", "devices", "*", "base"),
        changed="a handset of {name} belongs to the base {new} instead of {old}",
        added="a telephone of {name} is a handset of the base {new}",
        removed="a telephone of {name} is no handset of the base {old} any more",
    ),
    Wording(
        ("*", "devices", "*", "handset"),
        changed="a handset of {name} is number {new} at its base instead of {old}",
        added="a handset of {name} is number {new} at its base",
        removed="a handset of {name} is no longer number {old} at its base",
    ),
    Wording(
        ("*", "devices", "*", "keys"),
        changed="keys of a telephone of {name} are {new} instead of {old}",
        added="keys of a telephone of {name} are {new}",
        removed="keys of a telephone of {name} do nothing any more, instead of {old}",
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
    *(_way(when, key) for key, when in _WAYS.items()),
    *(each for side, whose in _SIDES.items() for each in _side(side, whose)),
    Wording(
        ("*", "activities"),
        added="{name} has rules of her own for activities: {new}",
        removed="{name} has no rules of her own for activities: {old}",
    ),
    Wording(
        ("*", "activities", "*"),
        changed="{name} has another rule for the activity {key}: {new} instead of {old}",
        added="{name} has a rule of her own for the activity {key}: {new}",
        removed="{name} has no rule of her own for the activity {key}: {old}",
    ),
    Wording(
        ("*", "activities", "*", "destination"),
        changed="calls for {name} in an activity go to {new} instead of {old}",
        added="calls for {name} in an activity go to {new}",
        removed="calls for {name} in an activity go where the tenant says instead of to {old}",
    ),
    Wording(
        ("*", "activities", "*", "prompt"),
        changed="callers of {name} in an activity hear the prompt {new} instead of {old}",
        added="callers of {name} in an activity hear the prompt {new}",
        removed="callers of {name} in an activity hear what the tenant says instead of the prompt {old}",
    ),
    Wording(
        ("*", "vip"),
        changed="{new} ring through closed activities of {name} instead of {old}",
        added="{new} ring through closed activities of {name}",
        removed="{old} no longer ring through closed activities of {name}",
    ),
    Wording(
        ("*", "blocked"),
        changed="calls from {new} do not reach {name}, instead of {old}",
        added="calls from {new} do not reach {name}",
        removed="calls from {old} reach {name} again",
    ),
    Wording(
        ("*", "favourites"),
        changed="first in the contact book of {name} are {new} instead of {old}",
        added="first in the contact book of {name} are {new}",
        removed="nobody is first in the contact book of {name}, instead of {old}",
    ),
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
        ("*", "voicemail", "transcribe"),
        changed="messages for {name} are written down as {new} instead of {old}",
        added="messages for {name} are written down too, as {new}",
        removed="messages for {name} are no longer written down as {old}",
    ),
    Wording(
        ("*", "voicemail", "retention"),
        changed="messages for {name} are deleted after {new} days instead of {old}",
        added="messages for {name} are deleted after {new} days",
        removed="messages for {name} are kept until somebody deletes them, and no longer for {old} days",
    ),
    Wording(
        ("*", "voicemail", "keys"),
        added="who presses a key at the mailbox of {name} goes on: {new}",
        removed="keys at the mailbox of {name} lead nowhere any more, instead of {old}",
    ),
    Wording(
        ("*", "voicemail", "keys", "*"),
        changed="key {key} at the mailbox of {name} leads to {new} instead of {old}",
        added="key {key} at the mailbox of {name} leads to {new}",
        removed="key {key} at the mailbox of {name} no longer leads to {old}",
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
