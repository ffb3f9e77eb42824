"""Moved: what a plan sees under its new name, because the tenant file says so (`moved`), and what it says of that.

A renamed thing is the same thing to the words and the brakes of a plan: nothing of it goes. Where something goes and
another thing that looks like it comes, and no move says so, the plan says what would be lost and how to keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from provisioner.core import record
from provisioner.core.deployment import SecretStore
from provisioner.core.errors import PbxError
from provisioner.core.feature import Feature
from provisioner.core.holdings import Holding, entries
from provisioner.core.outlets import GIVEN_SECRET
from provisioner.core.refs import Ref
from provisioner.features.conferences import facts as conferences
from provisioner.features.moved.model import KINDS, formerly
from provisioner.features.outbound import facts as outbound
from provisioner.features.schedules import switch
from provisioner.features.users import facts as users
from provisioner.tenant import FEATURES, Tenant

from . import renames, structure
from .describe import Sentence
from .making import maker
from .renames import Renamed
from .validate import STAND_INS
from .versions import Version

_Document = Mapping[str, Any]

SECTIONS: Mapping[str, Feature[Any]] = {each.kind: each for each in FEATURES if each.kind}
"""kind → its room."""

KEPT: Mapping[str, str] = {
    "activity": "what users set and recorded for it is kept",
    "call_back": "numbers that callers left are kept",
    "conference": "PINs, bookings and recordings are kept",
    "prompt": "what was recorded by phone is kept",
    "queue": "agents, promised calls and recordings are kept",
    "ring_group": "who is logged in is kept",
    "schedule": "its switch is kept",
    "user": "mailbox, recordings and everything that she set are kept",
    "voicemail": "messages are kept",
}
OTHERWISE: Mapping[str, str] = {"external_attendant": "its login and password become others"}
"""What does not come along, of kinds that are not noted."""

LOST: Mapping[str, str] = {
    kind: words.replace("are kept", "are lost").replace("is kept", "is lost") for kind, words in KEPT.items()
}


def moves(document: _Document | None) -> list[tuple[Ref, Ref]]:
    """Old and new name of each move of a document as written; what is none is left out."""
    listed = document.get("moved") if document else None
    found = []
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping) and ":" in str(each.get("from")) and ":" in str(each.get("to")):
            old, new = (str(each[end]).split(":", 1) for end in ("from", "to"))
            found.append((Ref(*old), Ref(*new)))
    return found


def followed(old: _Document | None, new: _Document | None) -> tuple[_Document | None, tuple[Renamed, ...]]:
    """The document that is applied, under the names that the moves of the new one give, and what that renamed."""
    done: dict[Ref, Renamed] = {}
    for before, after in moves(new):
        feature = SECTIONS.get(before.kind)
        section = old.get(feature.section) if old and feature else None
        if old is None or feature is None or not isinstance(section, Mapping):
            continue
        if before.name in section and after.name not in section:
            renamed = Renamed(feature.section, feature.kind, before.name, after.name)
            old = renames.written(old, _understood(old), [renamed])
            first = done.pop(before, renamed)
            done[after] = Renamed(feature.section, feature.kind, first.old, after.name)
    return old, tuple(done.values())


def told(renamed: tuple[Renamed, ...]) -> Iterator[Sentence]:
    """A sentence for each rename, with what is kept of it."""
    for each in renamed:
        noun = _noun(each)
        yield Sentence("~", f"{each.section}.{each.new}", f"renamed {noun} {each.old} → {each.new}; {KEPT[each.kind]}")


def unsaid(slug: str, old: _Document | None, new: _Document | None) -> Iterator[Sentence]:
    """What looks renamed though no move says so; `old` as `followed` gives it."""
    if old is None or new is None or not any(_replaced(SECTIONS[kind].section, old, new) for kind in KINDS):
        return
    sides = (Version(slug, each, _understood(each), None) for each in (old, new))
    for each in renames.find(*sides):
        if each.kind in KINDS:
            text = (
                f"the {_noun(each)} {each.old} goes and {each.new} comes, which looks like it: {LOST[each.kind]}; if "
                f"it was renamed, `pbx mv {slug} {each.kind}:{each.old} {each.new}` keeps them"
            )
            yield Sentence("-", f"{each.section}.{each.old}", text, dangerous=True)


def tenants(changed: Mapping[str, tuple[_Document | None, _Document | None]]) -> dict[str, Sentence]:
    """Slug → what is lost, of each tenant that goes while another comes with its domain: its file was renamed."""
    come = {str(new.get("domain")): slug for slug, (old, new) in changed.items() if old is None and new is not None}
    told = {}
    for slug, (old, new) in changed.items():
        other = come.get(str(old.get("domain"))) if old is not None and new is None else None
        if other:
            text = (
                f"{slug} goes and {other} comes with its domain: messages, recordings and everything that its users "
                f"set are lost; if it was renamed, `moved: [{{from: tenant:{slug}, to: tenant:{other}}}]` in its file "
                f"keeps them, as `pbx mv {slug} tenant {other}` writes it"
            )
            told[slug] = Sentence("-", "", text, dangerous=True)
    return told


def renamed_tenant(old: str, new: str, document: _Document) -> Iterator[Sentence]:
    """What a plan says of a tenant under another name: what goes with it, and what people have to know."""
    held = [
        (holding, name) for each in FEATURES if each.holds for holding, name in each.holds(document.get(each.section))
    ]
    boxes = len({name for holding, name in held if holding is Holding.MAILBOXES})
    kept = [f"{boxes} mailbox{'es' * (boxes != 1)}"] if boxes else []
    kept += ["recordings"] if any(holding is Holding.RECORDINGS for holding, _ in held) else []
    kept += ["what was recorded by phone", "call log", "log-ins", "switches", "bookings"]
    kept += ["chat"] if "chat" in document else []
    text = f"renamed tenant {old} → {new}; {', '.join(kept)} go with it, telephones keep logins and registrations"
    yield Sentence("~", "", text)
    if "contacts" in document:
        text = f"programs that log in to contact books as …@{old} log in as …@{new} from now on"
        yield Sentence("~", "contacts", text)
    if "video" in document:
        yield Sentence("-", "video", "links into video rooms that were sent before lead nowhere", dangerous=True)


def made(handle: str, records: Mapping[str, str], secrets: SecretStore) -> Callable[[], str]:
    """Makes a secret that nobody has set: what it was under an earlier name, else as `making.maker`.

    `records` holds the packed file of each tenant by its slug.
    """

    def make() -> str:
        found = inherited(handle, records, secrets)
        return maker(handle)() if found is None else found

    return make


def makers(used: Iterable[str], records: Mapping[str, str], secrets: SecretStore) -> dict[str, Callable[[], str]]:
    """What makes each secret that is missing; raises PbxError where nobody but the provider knows one."""
    found: dict[str, Callable[[], str]] = {}
    for each in used:
        if not each.startswith(GIVEN_SECRET):
            found[each] = made(each, records, secrets)
        elif (value := inherited(each, records, secrets)) is not None:
            found[each] = partial(str, value)
        else:
            secrets.get(each)
    return found


def inherited(handle: str, records: Mapping[str, str], secrets: SecretStore) -> str | None:
    """The value of a secret under an earlier name of its thing or tenant, the latest first; None for none."""
    for each in _earlier(handle, records):
        try:
            return secrets.get(each)
        except PbxError:  # nobody has set that one either
            continue
    return None


def _earlier(handle: str, records: Mapping[str, str]) -> Iterator[str]:
    """What a handle was called before, the latest first."""
    parts = handle.split("/")
    place = next((at for at, part in enumerate(parts[:2]) if part.removeprefix(_VIDEO) in records), None)
    if place is None:
        return
    slug = parts[place].removeprefix(_VIDEO)
    noted = moves(record.unpack(records[slug]))
    handles = [handle]
    for old, new in reversed(noted):
        for name in _PINS.get(old.kind, ()):
            if handles[-1] == name(slug, new.name):
                handles.append(name(slug, old.name))
                break
    yield from handles[1:]
    for former in formerly(noted, slug):
        for each in handles:
            steps = each.split("/")
            steps[place] = steps[place].replace(slug, former)
            yield "/".join(steps)


_VIDEO = "video-"
"""What begins the name of the key that signs links into a tenant's video rooms, before its slug."""

_PINS: Mapping[str, tuple[Callable[[str, str], str], ...]] = {
    "conference": (conferences.pin_secret, partial(conferences.pin_secret, leaders=True)),
    "user": (users.pin_secret, outbound.pin_secret),
    "schedule": (switch.pin_secret,),
}


def _understood(document: _Document) -> Tenant | None:
    return structure.validate(Tenant, dict(document), STAND_INS)[0]


def _replaced(section: str, old: _Document, new: _Document) -> bool:
    """Whether something of the section goes and something comes."""
    before, after = (set(entries(each.get(section))) for each in (old, new))
    return bool(before - after and after - before)


def _noun(renamed: Renamed) -> str:
    nouns = SECTIONS[renamed.kind].nouns
    return nouns[0] if nouns else renamed.kind
