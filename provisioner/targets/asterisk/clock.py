"""Times that callers hear: `back at 13:30`, `back on Monday at 8`, `back on the fifteenth of August`.

Every piece is a sound of its own under a name that says when it is needed (`pbx-clock/sv/hour-13`), so that the
dialplan joins them by the clock. The names are the same for all tenants, and so are the sounds. The day is said where
the time is not today's; a day more than six days away is said by its date, without an hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Speech
from provisioner.core.source import Path

from . import naming
from .objects import Route, Sound, Step

FOLDER = "pbx-clock"
LANGUAGES = ("en", "sv")
"""The languages in which times can be said."""

WEEK = 6 * 24 * 3600
"""Seconds within which a day of the week says which day is meant."""

_ORDINALS: Mapping[str, str] = {
    "sv": "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde "
    "femtonde sextonde sjuttonde artonde nittonde tjugonde tjugoförsta tjugoandra tjugotredje tjugofjärde tjugofemte "
    "tjugosjätte tjugosjunde tjugoåttonde tjugonionde trettionde trettioförsta",
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
    "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first",
}
_MONTHS: Mapping[str, str] = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_DAYS: Mapping[str, str] = {
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}


def now(slug: str) -> str:
    """Sets the instant that decides: now, moved by what a test environment says."""
    return f"PBX_AT=$[${{EPOCH}} + 0${{DB({naming.database_family(slug)}/clock-offset)}}]"


def tongue(language: str) -> str:
    """The language in which times are said to callers of a tenant: its own, or English."""
    short = language.partition("-")[0]
    return short if short in LANGUAGES else "en"


def words(language: str) -> Mapping[str, Speech]:
    """Name of a piece → what is said."""
    texts = _swedish() if language == "sv" else _english()
    for number, month in enumerate(_MONTHS[language].split(), start=1):
        texts[f"month-{number:02}"] = month
    return {name: Speech(text, language) for name, text in texts.items()}


def _swedish() -> dict[str, str]:
    texts = {"back": "Väntas tillbaka", "at": "klockan"}
    texts |= {f"hour-{hour:02}": str(hour) for hour in range(24)}
    texts |= {f"minute-{minute:02}": f"noll {minute}" if minute < 10 else str(minute) for minute in range(1, 60)}
    texts |= {f"weekday-{number}": f"på {day}" for number, day in enumerate(_DAYS["sv"].split(), start=1)}
    return texts | {f"day-{number:02}": f"den {day}" for number, day in enumerate(_ORDINALS["sv"].split(), start=1)}


def _english() -> dict[str, str]:
    texts = {"back": "Expected back", "at": "at", "am": "a.m.", "pm": "p.m."}
    texts |= {f"hour-{hour:02}": str((hour - 1) % 12 + 1) for hour in range(24)}
    texts |= {f"minute-{minute:02}": f"oh {minute}" if minute < 10 else str(minute) for minute in range(1, 60)}
    texts |= {f"weekday-{number}": f"on {day}" for number, day in enumerate(_DAYS["en"].split(), start=1)}
    days = enumerate(_ORDINALS["en"].split(), start=1)
    return texts | {f"day-{number:02}": f"on the {day} of" for number, day in days}


def sounds(source: Path) -> Iterator[Sound]:
    for language in LANGUAGES:
        for name, recipe in words(language).items():
            yield Sound(recipe, source, alias=f"{FOLDER}/{language}/{name}")


def back(context: str, extension: str, *, language: str, zone: str, source: Path) -> Route:
    """A subroutine: says when somebody is back, by the second since 1970 in its first argument and PBX_AT.

    `language` is what is spoken where the call's own has no words for times.
    """
    usual = tongue(language)
    other = next(each for each in LANGUAGES if each != usual)
    said = f'{FOLDER}/${{IF($["${{CHANNEL(language):0:2}}" = "{other}"]?{other}:{usual})}}'
    minute, half = _clock(zone, "%M"), f"${{IF($[{_clock(zone, '%H')} < 12]?am:pm)}}"
    pieces = (
        f"${{words}}/hour-{_clock(zone, '%H')}",
        f"${{IF($[{minute} > 0]?&${{words}}/minute-{minute}:)}}",
        f'${{IF($["${{words}}" = "{FOLDER}/en"]?&${{words}}/{half}:)}}',
    )
    today = f"${{STRFTIME(${{PBX_AT}},{zone},%Y%m%d)}}"
    date = f"${{words}}/day-{_clock(zone, '%d')}&${{words}}/month-{_clock(zone, '%m')}"
    steps = (
        Step("Set", f"LOCAL(words)={said}"),
        Step("Playback", "${words}/back"),
        Step("GotoIf", f'$["{_clock(zone, "%Y%m%d")}" = "{today}"]?time'),
        Step("GotoIf", f"$[${{ARG1}} - ${{PBX_AT}} < {WEEK}]?weekday"),
        Step("Playback", date),
        Step("Return"),
        Step("Playback", f"${{words}}/weekday-{_clock(zone, '%u')}", "weekday"),
        Step("Playback", f"${{words}}/at&{''.join(pieces)}", "time"),
        Step("Return"),
    )
    return Route(context, extension, steps, source)


def _clock(zone: str, form: str) -> str:
    return f"${{STRFTIME(${{ARG1}},{zone},{form})}}"
