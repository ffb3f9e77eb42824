"""What a telephone conference says by itself. Whatever else is heard is a prompt of the tenant's file."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.spoken import spoken

Words = Mapping[str, Recipe]
"""language → what is heard."""

PIN_LOCKED = spoken(
    sv="Konferensen släpper inte in någon med kod just nu. Försök igen om en timme.",
    en="This conference lets nobody in by a PIN right now. Please try again in an hour.",
)
FULL = spoken(sv="Konferensen är full.", en="The conference is full.")
RECORDED = spoken(sv="Konferensen spelas in.", en="This conference is being recorded.")
MEMBERS_KEYS = spoken(
    sv="Ett stänger av och sätter på din mikrofon.",
    en="One turns your microphone off and on.",
)
LEADERS_KEYS = spoken(
    sv="Ett stänger av och sätter på din mikrofon. Två låser och öppnar konferensen. Tre tar bort den som kom sist. "
    "Fyra stänger av och sätter på alla andras mikrofoner.",
    en="One turns your microphone off and on. Two locks and opens the conference. Three removes whoever came last. "
    "Four turns everybody else's microphones off and on.",
)
JOINED = spoken(sv="Någon har kommit in.", en="Somebody has come in.")
LEFT = spoken(sv="Någon har gått.", en="Somebody has left.")
ALONE = spoken(sv="Du är ensam i konferensen.", en="You are the only one in the conference.")
WAITS = spoken(sv="Konferensen börjar när ledaren har kommit.", en="The conference begins when its leader has come.")
BEGINS = spoken(sv="Konferensen börjar.", en="The conference begins.")
LEADER_LEFT = spoken(sv="Ledaren har gått.", en="The leader has left.")
REMOVED = spoken(sv="Du har tagits bort ur konferensen.", en="You have been removed from the conference.")
MUTED = spoken(sv="Din mikrofon är avstängd.", en="Your microphone is off.")
UNMUTED = spoken(sv="Din mikrofon är på.", en="Your microphone is on.")
ALL_MUTED = spoken(sv="Allas mikrofoner är avstängda.", en="Everybody's microphones are off.")
ALL_UNMUTED = spoken(sv="Allas mikrofoner är på.", en="Everybody's microphones are on.")
CLOSED = spoken(sv="Konferensen är låst.", en="The conference is locked.")
NOW_CLOSED = spoken(sv="Konferensen är låst nu.", en="The conference is now locked.")
NOW_OPEN = spoken(sv="Konferensen är öppen nu.", en="The conference is now open.")
NO_SUCH_KEY = spoken(sv="Så går det inte.", en="That is not possible.")

OF_THE_ROOM: Mapping[str, Words] = {
    "sound_join": JOINED,
    "sound_leave": LEFT,
    "sound_only_person": ALONE,
    "sound_wait_for_leader": WAITS,
    "sound_begin": BEGINS,
    "sound_leader_has_left": LEADER_LEFT,
    "sound_kicked": REMOVED,
    "sound_muted": MUTED,
    "sound_unmuted": UNMUTED,
    "sound_participants_muted": ALL_MUTED,
    "sound_participants_unmuted": ALL_UNMUTED,
    "sound_locked": CLOSED,
    "sound_locked_now": NOW_CLOSED,
    "sound_unlocked_now": NOW_OPEN,
    "sound_error_menu": NO_SUCH_KEY,
}
"""What ConfBridge says to the members of a room, or to one of them, by its options."""

ALL: tuple[Words, ...] = (PIN_LOCKED, FULL, RECORDED, MEMBERS_KEYS, LEADERS_KEYS, *OF_THE_ROOM.values())
