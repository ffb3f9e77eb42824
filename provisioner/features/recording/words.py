"""What changes of recording mean for callers and users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording((), added="recorded calls: {new}", removed="recorded calls are kept as usual, and no user may listen"),
    Wording(
        ("told",),
        changed="whoever speaks with a recorded user is told so: {new} instead of {old}",
        added="whoever speaks with a recorded user is told so: {new}",
        removed="whoever speaks with a recorded user is told so again",
    ),
    Wording(
        ("announcement",),
        changed="whoever speaks with a recorded user hears {new} instead of {old}",
        added="whoever speaks with a recorded user hears {new}",
        removed="whoever speaks with a recorded user hears the platform's sentence",
    ),
    Wording(
        ("internal",),
        changed="calls among colleagues of recorded users are recorded: {new} instead of {old}",
        added="calls among colleagues of recorded users are recorded: {new}",
        removed="calls among colleagues are no longer recorded",
    ),
    Wording(
        ("retention",),
        changed="recorded calls are deleted after {new} days instead of {old}",
        added="recorded calls are deleted after {new} days",
        removed="recorded calls are deleted after 90 days instead of {old}",
        dangerous=True,
    ),
    Wording(
        ("listeners",),
        changed="{new} may listen to recorded calls, instead of {old}",
        added="{new} may listen to recorded calls",
        removed="nobody may listen to recorded calls any more, instead of {old}",
    ),
)
