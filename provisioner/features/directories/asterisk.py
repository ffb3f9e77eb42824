"""A directory in Asterisk: letters are read, and an extension `c<keys>` for each code reads out whom it fits.

Who fits is worked out by the compiler, so the dialplan says in plain text whom each code finds. Eight names are read
at a time. Each round that connects nobody counts, so neither silence nor keys that never end keep a call here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.artifacts import Speech
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .keypad import found
from .model import Directory

AT_ONCE = 8
"""Names that are read out before the key 9 leads to further ones."""

_SWEDISH = ("ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta")
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight")
PRESS = tuple(spoken(sv=f"tryck {sv}", en=f"press {en}") for sv, en in zip(_SWEDISH, _ENGLISH, strict=True))
MORE = spoken(sv="För fler namn, tryck nio.", en="For more names, press nine.")
NOBODY = spoken(sv="Vi hittar ingen med det namnet.", en="We find nobody of that name.")


def lower(directories: dict[str, Directory], scope: Scope) -> Iterator[AsteriskObject]:
    if not directories:
        return
    source = ("directories",)
    for name, directory in directories.items():
        yield from _directory(name, directory, scope, (*source, name))
    for sounds in (*PRESS, MORE, NOBODY):
        yield from (Sound(recipe, source) for recipe in sounds.values())
    for user in scope.listed:
        yield Sound(name_sound(user, scope), ("users", user, "name"))


def name_sound(user: str, scope: Scope) -> Speech:
    """A user's name as callers hear it, in the tenant's language."""
    return Speech(scope.listed[user], scope.language)


def _directory(name: str, directory: Directory, scope: Scope, path: Path) -> Iterator[Route]:
    ref, say = Ref("directory", name), Steps(scope.slug)
    context, start = naming.destination(scope.slug, ref)
    code = "c${FILTER(0-9,${PBX_KEYED})}"
    asks = (
        say.enter(ref, path),
        say.answer(path),
        Step("Set", "PBX_FAILED=0", source=path),
        Step(
            "Read",
            f"PBX_KEYED,{heard(scope.sounds[directory.prompt.name], scope.language)},{directory.letters},,1,"
            f"{directory.timeout}",
            "ask",
            (*path, "prompt"),
        ),
        Step("GotoIf", '$["${PBX_KEYED}" = ""]?again,1', source=path),
        Step("GotoIf", f"$[${{DIALPLAN_EXISTS({context},{code},1)}} = 0]?nobody,1", source=path),
        Step("Goto", f"{code},1", source=path),
    )
    yield Route(context, start, asks, path)
    for keys, users in found(scope.listed, directory.letters).items():
        pages = [users[index : index + AT_ONCE] for index in range(0, len(users), AT_ONCE)]
        for number, page in enumerate(pages):
            following = f"{_page(keys, number + 1)},1" if number + 1 < len(pages) else ""
            steps = tuple(_read_out(page, following, directory, scope, path))
            yield Route(context, _page(keys, number), steps, path)
    failed = (
        Step("Set", "PBX_FAILED=$[${PBX_FAILED} + 1]", source=(*path, "attempts")),
        say.goto_if(f"${{PBX_FAILED}} >= {directory.attempts}", directory.exhausted, (*path, "exhausted")),
        Step("Goto", f"{start},ask", source=path),
    )
    yield Route(context, "again", failed, path)
    yield Route(context, "nobody", (Step("Playback", heard(NOBODY, scope.language), source=path), *failed), path)


def _page(keys: str, number: int) -> str:
    return f"c{keys}" if number == 0 else f"c{keys}n{number}"


def _read_out(users: Sequence[str], following: str, directory: Directory, scope: Scope, path: Path) -> Iterator[Step]:
    say = Steps(scope.slug)
    sounds = []
    for index, user in enumerate(users):
        sounds += [
            heard({scope.language: name_sound(user, scope)}, scope.language),
            heard(PRESS[index], scope.language),
        ]
    if following:
        sounds.append(heard(MORE, scope.language))
    yield Step("Read", f"PBX_KEYED,{'&'.join(sounds)},1,,1,{directory.timeout}", source=path)
    for index, user in enumerate(users, start=1):
        yield say.goto_if(f'"${{PBX_KEYED}}" = "{index}"', Ref("user", user), ("users", user))
    if following:
        yield Step("GotoIf", f'$["${{PBX_KEYED}}" = "9"]?{following}', source=path)
    yield Step("Goto", "again,1", source=path)
