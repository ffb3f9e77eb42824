"""What changes of telephone conferences mean for those who call."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        ("*",),
        added="a telephone conference {name} exists: {new}",
        removed="the telephone conference {name} is gone",
        dangerous=True,
    ),
    Wording(
        ("*", "extension"),
        changed="the conference {name} is dialled as {new} instead of {old}",
        added="the conference {name} is dialled as {new}",
        removed="the conference {name} can no longer be dialled as {old}",
        dangerous=True,
    ),
    Wording(
        ("*", "leaders"),
        changed="{new} may lead the conference {name}, instead of {old}",
        added="{new} may lead the conference {name}",
        removed="{old} may no longer lead the conference {name}",
    ),
    Wording(
        ("*", "pin"),
        changed="a PIN is asked for at the conference {name}: {new} instead of {old}",
        added="a PIN is asked for at the conference {name}: {new}",
        removed="a PIN is asked for at the conference {name} again",
    ),
    Wording(
        ("*", "colleagues"),
        changed="colleagues come into the conference {name} without a PIN: {new} instead of {old}",
        added="colleagues come into the conference {name} without a PIN: {new}",
        removed="colleagues need a PIN at the conference {name} again",
    ),
    Wording(
        ("*", "wait_for_leader"),
        changed="members of the conference {name} wait for a leader: {new} instead of {old}",
        added="members of the conference {name} wait for a leader: {new}",
        removed="members of the conference {name} wait for a leader again",
    ),
    Wording(
        ("*", "end_with_leader"),
        changed="the conference {name} is over when the last leader leaves: {new} instead of {old}",
        added="the conference {name} is over when the last leader leaves: {new}",
        removed="the conference {name} goes on when the last leader leaves",
    ),
    Wording(
        ("*", "announce"),
        changed="who comes and goes is told in the conference {name}: {new} instead of {old}",
        added="who comes and goes is told in the conference {name}: {new}",
        removed="who comes and goes is told in the conference {name} again",
    ),
    Wording(
        ("*", "greeting"),
        changed="who comes into the conference {name} hears {new} instead of {old}",
        added="who comes into the conference {name} hears {new}",
        removed="who comes into the conference {name} no longer hears {old}",
    ),
    Wording(
        ("*", "music"),
        changed="whoever waits in the conference {name} hears {new} instead of {old}",
        added="whoever waits in the conference {name} hears {new}",
        removed="whoever waits in the conference {name} hears the usual tone instead of {old}",
    ),
    Wording(
        ("*", "max_members"),
        changed="{new} may be in the conference {name}, instead of {old}",
        added="{new} may be in the conference {name}",
        removed="25 may be in the conference {name}, instead of {old}",
    ),
    Wording(
        ("*", "recording"),
        changed="the conference {name} is recorded: {new} instead of {old}",
        added="the conference {name} is recorded, and everybody is told",
        removed="the conference {name} is no longer recorded",
    ),
    Wording(
        ("*", "recording", "announcement"),
        changed="who comes into the recorded conference {name} hears {new} instead of {old}",
        added="who comes into the recorded conference {name} hears {new}",
        removed="who comes into the recorded conference {name} hears the platform's sentence instead of {old}",
    ),
)
