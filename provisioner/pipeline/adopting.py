"""Adopting: what was changed by hand and the tenant file can say becomes a patch of that file; the rest is named.

Few fields have a counterpart, and each is proved: the patched file is compiled, and what it yields must be what was
found. Lines that are not meant stay as they are, byte by byte, comments too: a value is put where the old one stood.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioner.core.artifacts import Bundle
from provisioner.core.drift import Drift
from provisioner.core.errors import PbxError
from provisioner.core.source import Path as Node
from provisioner.core.source import SourceMap

from . import yaml_reader
from .drift import KEYS, ROWS
from .fields import fields
from .load import find, rewritten
from .run import compiled_folder


@dataclass(frozen=True, slots=True)
class Adopted:
    """A value of the tenant file that becomes what was found."""

    drift: Drift
    node: Node
    value: str
    """As it stands in the file."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What came of it."""

    patch: str
    """A unified diff below the provider's folder; empty where nothing can be adopted."""
    adopted: tuple[Adopted, ...]
    left: tuple[Drift, ...]
    """What the language cannot say, or says otherwise."""


def adopt(root: Path, drifts: Iterable[Drift]) -> Adoption:
    """Of all tenants. Nothing is written but into a folder that is gone afterwards."""
    adopted: list[Adopted] = []
    left: list[Drift] = []
    patches: list[str] = []
    by_tenant: dict[str, list[Drift]] = {}
    for each in drifts:
        by_tenant.setdefault(each.tenant, []).append(each)
    for slug, wanted in by_tenant.items():
        texts = _texts(root, slug) if slug else {}
        done: list[Adopted] = []
        changed = texts
        for each in wanted:
            step = propose(each) if texts else None
            fresh = _with(changed, step) if step else None
            if step and fresh and proved(_compiled(root, slug, fresh), step.drift):
                changed = fresh
                done.append(step)
            else:
                left.append(each)
        adopted += done
        patches += [_diff(name, texts[name], changed[name]) for name in texts if texts[name] != changed[name]]
    return Adoption("".join(patches), tuple(adopted), tuple(left))


def propose(drift: Drift) -> Adopted | None:
    """Which value of the tenant file would say it; None where no field of the language does."""
    if drift.found is None or drift.expected is None:
        return None
    for fits, say in _COUNTERPARTS:
        if matched := fits.search(drift.object):
            node, value = say(matched, drift) or ((), "")
            return Adopted(drift, node, value) if node else None
    return None


_Said = tuple[Node, str] | None

_STRATEGIES: Mapping[str, str] = {
    "ringall": "all",
    "linear": "linear",
    "rrmemory": "round_robin",
    "random": "random",
    "leastrecent": "least_recent",
    "fewestcalls": "fewest_calls",
}
_QUEUE: Mapping[str, tuple[str, str]] = {
    "timeout": ("ring_time", "s"),
    "wrapuptime": ("wrap_up", "s"),
    "servicelevel": ("service_level", "s"),
    "maxlen": ("max_waiting", ""),
    "weight": ("weight", ""),
}
"""Setting of a queue → field of the tenant file, and what follows its figure."""


def _queue(matched: re.Match[str], drift: Drift) -> _Said:
    found = drift.found or ""
    if drift.field == "strategy" and found in _STRATEGIES:
        return ("queues", matched["name"], "strategy"), _STRATEGIES[found]
    if drift.field in _QUEUE and found.isdigit():
        field, unit = _QUEUE[drift.field]
        return ("queues", matched["name"], field), f"{found}{unit}"
    return None


GOTO = re.compile(
    r"Goto\((?P<slug>[a-z0-9-]+)\.(?P<kind>[a-z_]+)(?:\.(?P<name>[a-z0-9-]+),s|,(?P<extension>[^,]+)),1\)"
)
"""Where a step leads, as `targets.asterisk.naming.destination` writes it."""


def _number(matched: re.Match[str], drift: Drift) -> _Said:
    led = GOTO.fullmatch(drift.found or "")
    if not led or led["slug"] != drift.tenant:
        return None
    name = led["name"] or led["extension"].rstrip("_")
    return ("numbers", matched["number"], "destination"), json.dumps(f"{led['kind']}:{name}")


def _mailbox(matched: re.Match[str], drift: Drift) -> _Said:
    if drift.field != "fullname":
        return None
    section, field = ("users", "name") if drift.place.startswith("users.") else ("voicemail", "title")
    return (section, matched["name"], field), json.dumps(drift.found, ensure_ascii=False)


def _subscriber(_: re.Match[str], drift: Drift) -> _Said:
    section, user, *_rest = (*drift.place.split("."), "", "")
    if drift.field != "extension" or section != "users":
        return None
    return (section, user, "extension"), str(drift.found)


_COUNTERPARTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Drift], _Said]], ...] = (
    (re.compile(r"/queues\.conf [a-z0-9-]+\.(?P<name>[a-z0-9-]+)$"), _queue),
    (re.compile(r"^(?:/\S+/extensions\.conf )?dialplan [a-z0-9-]+\.numbers (?P<number>\+[0-9]+)$"), _number),
    (re.compile(r"^mailbox (?P<name>[a-z0-9-]+)$"), _mailbox),
    (re.compile(r"^subscriber "), _subscriber),
)
"""What a drift is of → which field says it. Few, and each proved."""


def proved(bundles: Iterable[Bundle], drift: Drift) -> bool:
    """Whether the bundles of the patched file say what was found."""
    files = {file.path: file.text for bundle in bundles for file in bundle.files}
    kind, _, name = drift.object.partition(" ")
    if kind.startswith("/"):
        file = kind.rpartition("/")[2]
        value = fields(file, files.get(file, "")).get((name, drift.field))
        return value is not None and value.text == drift.found
    if kind == "dialplan":
        value = fields("extensions.conf", files.get("extensions.conf", "")).get((drift.object, drift.field))
        return value is not None and value.text == drift.found
    if kind == "mailbox":
        return _full_name(files.get("voicemail.conf", ""), name) == drift.found
    rows = json.loads(files.get(ROWS, '{"tables": {}}'))["tables"].get(kind, [])
    return any(
        "@".join(row[each] for each in KEYS[kind]) == name and row.get(drift.field) == drift.found for row in rows
    )


def _full_name(text: str, box: str) -> str:
    for line in text.splitlines():
        name, arrow, rest = line.partition(" => ")
        if arrow and name == box:
            return rest.replace("\\;", ";").split(",")[1]
    return ""


def _texts(root: Path, slug: str) -> dict[str, str]:
    """The tenant's files by their path below the folder; none where it has none."""
    try:
        files = find(root, frozenset([slug]))[slug]
    except PbxError:
        return {}
    return {each.relative_to(root).as_posix(): each.read_text(encoding="utf-8") for each in files}


def _with(texts: Mapping[str, str], step: Adopted) -> dict[str, str] | None:
    """The files with the value in place; None where there is no place for it."""
    for name, text in texts.items():
        if (fresh := put(text, step.node, step.value)) is not None:
            return {**texts, name: fresh}
    return None


def put(text: str, node: Node, value: str) -> str | None:
    """The text with one scalar replaced, or set where its parent stands; None where it is not to be found."""
    places = SourceMap("")
    yaml_reader.read(text, "", places)
    lines = text.splitlines(keepends=True)
    if span := places.values.get(node):
        if span.start.line != span.end.line:
            return None
        line = lines[span.start.line - 1]
        lines[span.start.line - 1] = line[: span.start.column - 1] + value + line[span.end.column - 1 :]
        return "".join(lines)
    siblings = [span for path, span in places.keys.items() if path[:-1] == node[:-1]]
    if not siblings:
        return None
    first = min(siblings, key=lambda each: each.start)
    line, column = lines[first.start.line - 1], first.start.column - 1
    new = f"{node[-1]}: {value}"
    after = f"\n{line[:column]}" if not line[:column].strip() else ", "
    lines[first.start.line - 1] = f"{line[:column]}{new}{after}{line[column:]}"
    return "".join(lines)


def _compiled(root: Path, slug: str, texts: Mapping[str, str]) -> tuple[Bundle, ...]:
    """What the tenant's files would compile to; nothing where they would not."""
    with rewritten(root, slug, texts) as folder:
        try:
            ((_, bundles),) = compiled_folder(folder)
        except PbxError:
            return ()
        return bundles


def _diff(name: str, old: str, new: str) -> str:
    return "".join(
        difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    )
