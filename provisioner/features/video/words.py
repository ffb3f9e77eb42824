"""What changes of video rooms mean for users."""

from provisioner.core.changes import Wording

WORDINGS = (
    Wording(
        (),
        added="users have video rooms, declared in it: {new}",
        removed="users have no video rooms any more, and no link leads into one",
        dangerous=True,
    ),
    Wording(
        ("rooms",),
        added="video rooms are new: {new}",
        removed="all video rooms that stayed are gone, and those held end: {old}",
        dangerous=True,
    ),
    Wording(
        ("rooms", "*"),
        added="video room {key} is new: {new}",
        removed="video room {key} is gone, and ends where it is held: {old}",
        dangerous=True,
    ),
    Wording(("rooms", "*", "title"), changed="a video room is called {new} instead of {old}"),
    Wording(("rooms", "*", "leaders"), changed="{new} may lead a video room, instead of {old}"),
    Wording(
        ("rooms", "*", "guests"),
        changed="people from outside come into a video room: {new} instead of {old}",
        added="people from outside come into a video room: {new}",
        removed="people from outside come into a video room again",
        dangerous=True,
    ),
    Wording(
        ("rooms", "*", "lobby"),
        changed="{new} wait in the lobby of a video room, instead of {old}",
        added="{new} wait in the lobby of a video room",
        removed="guests wait in the lobby of a video room, instead of {old}",
    ),
    Wording(
        ("rooms", "*", "max_participants"),
        changed="{new} may be in a video room, instead of {old}",
        added="{new} may be in a video room",
        removed="50 may be in a video room, instead of {old}",
    ),
)
