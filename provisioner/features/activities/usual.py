"""The twelve usual activities, which every tenant with the section `activities` has and may change.

What callers hear of an illness or a leave is that somebody is away: why is nobody's business outside.
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.records import record


@record
class Usual:
    """Number, what colleagues see, what callers hear (Swedish, English), and whether telephones ring all the same."""

    number: int
    sv: str
    en: str
    said_sv: str = ""
    said_en: str = ""
    rings: bool = False


_AWAY = ("Den du söker är inte här just nu.", "The person you are calling is away.")

USUAL: Mapping[str, Usual] = {
    "available": Usual(0, "Tillgänglig", "Available", rings=True),
    "busy": Usual(
        1, "Upptagen", "Busy", "Den du söker är upptagen just nu.", "The person you are calling is busy right now."
    ),
    "meeting": Usual(
        2, "Möte", "Meeting", "Den du söker sitter i möte.", "The person you are calling is in a meeting."
    ),
    "lunch": Usual(3, "Lunch", "Lunch", "Den du söker är på lunch.", "The person you are calling is at lunch."),
    "break": Usual(4, "Rast", "Break", "Den du söker har rast.", "The person you are calling is on a break."),
    "gone": Usual(
        5,
        "Gått för dagen",
        "Gone for the day",
        "Den du söker har gått för dagen.",
        "The person you are calling has left for the day.",
    ),
    "travelling": Usual(
        6, "På resa", "Travelling", "Den du söker är på resa.", "The person you are calling is travelling."
    ),
    "vacation": Usual(
        7, "Semester", "Vacation", "Den du söker har semester.", "The person you are calling is on vacation."
    ),
    "sick": Usual(8, "Sjuk", "Sick", *_AWAY),
    "parental-leave": Usual(9, "Föräldraledig", "Parental leave", *_AWAY),
    "elsewhere": Usual(
        10,
        "Arbetar på annan plats",
        "Working elsewhere",
        "Den du söker arbetar på annan plats.",
        "The person you are calling is working elsewhere.",
        rings=True,
    ),
    "out-of-office": Usual(
        11,
        "Ute i tjänsten",
        "Out of office",
        "Den du söker är inte på kontoret.",
        "The person you are calling is out of the office.",
    ),
}
