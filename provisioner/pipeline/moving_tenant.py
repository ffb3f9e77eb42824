"""Moving a tenant: its file gets another name, with a note of the move in it, and provider.yaml means it by that name.

As `moving` does for things in the file: only the tokens that are meant change, and what comes out is read again.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from provisioner.core.errors import PbxError, SpecificationInvalid, UsageError
from provisioner.core.findings import nearest
from provisioner.core.refs import NAME_PATTERN, Ref
from provisioner.core.source import Path as Node
from provisioner.core.source import Span
from provisioner.features.moved.model import TENANT

from . import load
from .load import LONGEST_SLUG, PROVIDER, RESERVED, Document
from .moving import FEW, Moving, checked, noted, replaced
from .validate import validate

VALUES = (
    ("number_blocks", "*", "tenants", "*"),
    ("external_attendants", "numbers", "*", "tenants", "*"),
    ("resting_numbers", "*", "tenant"),
)
"""Where provider.yaml has the name of a tenant as a value."""
HOMES = ("placement", "tenants")
"""Where it has one as a key."""
TEXTS = frozenset({".yaml", ".yml", ".py", ".rego"})
"""Ends of files that may name a tenant without being its own."""


def move(root: Path, slug: str, new: str) -> Moving:
    """Writes nothing. Raises UsageError where the name cannot be, SpecificationInvalid where files have errors as they
    are."""
    _fits(root, slug, new)
    specification = validate(load.load(root, frozenset([slug])))
    if not specification.valid:
        raise SpecificationInvalid(specification.findings)
    (document,), provider = specification.folder.tenants, specification.folder.provider
    before = {each.show(file): file.read_bytes().decode() for each in (document, provider) for file in each.files}
    names = {name: _called(name, slug, new) for name in map(document.show, document.files)}
    old, own = Ref(TENANT, slug), {called: before[name] for name, called in names.items()}
    after = {
        **noted(own, next(iter(own)), old, Ref(TENANT, new)),
        **replaced({PROVIDER: before[PROVIDER]}, _spans(provider, slug, new)),
    }
    _prove(root, slug, new, document, provider, after)
    return Moving(slug, old, Ref(TENANT, new), before, after, noted=True, names=names)


def elsewhere(root: Path, slug: str) -> list[str]:
    """`policies/waivers.yaml:3` of lines that name the tenant in files that are not its own, a few of them."""
    word = re.compile(rf"(?<![A-Za-z0-9_.@-]){re.escape(slug)}(?![A-Za-z0-9_.@-])")
    own = set(load.files_of(root, slug)) | {root / PROVIDER}
    found = []
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.suffix in TEXTS and path not in own and not hidden and path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
                if word.search(line):
                    found.append(f"{path.relative_to(root).as_posix()}:{number}")
    return found[:FEW]


def _fits(root: Path, slug: str, new: str) -> None:
    there = load.find(root)
    if slug not in there:
        near = nearest(slug, there)
        raise UsageError(f"no tenant {slug!r} below {root / 'tenants'}", f"did you mean {near!r}?" if near else "")
    if not re.fullmatch(NAME_PATTERN, new) or len(new) > LONGEST_SLUG or new in RESERVED:
        raise UsageError(
            f"{new!r} cannot be a tenant's name",
            f"at most {LONGEST_SLUG} letters a–z, digits, hyphens, a letter first; none of {', '.join(RESERVED)}",
        )
    if new in there:
        raise UsageError(f"there is a tenant {new} already", "take another name, or rename that one first")


def _called(name: str, slug: str, new: str) -> str:
    """`tenants/acme.yaml` or `tenants/acme/users.yaml` under the new name."""
    first, second, *rest = name.split("/")
    return "/".join((first, new + second.removeprefix(slug), *rest))


def _meant(here: Any, steps: tuple[str, ...], slug: str, path: Node = ()) -> Iterator[Node]:
    """Nodes of provider.yaml that these steps lead to (`*` is any) and that are the tenant."""
    if not steps:
        if here == slug:
            yield path
    elif steps[0] == "*":
        inside = here.items() if isinstance(here, Mapping) else enumerate(here) if isinstance(here, list) else ()
        for step, each in inside:
            yield from _meant(each, steps[1:], slug, (*path, step))
    elif isinstance(here, Mapping) and steps[0] in here:
        yield from _meant(here[steps[0]], steps[1:], slug, (*path, steps[0]))


def _placed(data: Mapping[str, Any], slug: str) -> bool:
    placement = data.get("placement")
    homes = placement.get("tenants") if isinstance(placement, Mapping) else None
    return isinstance(homes, Mapping) and slug in homes


def _spans(provider: Document, slug: str, new: str) -> dict[Span, str]:
    """Where provider.yaml writes the tenant → its new name."""
    source = provider.source
    spans = {source.values[node]: new for steps in VALUES for node in _meant(provider.data, steps, slug)}
    if _placed(provider.data, slug):
        spans[source.keys[(*HOMES, slug)]] = new
    return spans


def _expected(data: Mapping[str, Any], slug: str, new: str) -> dict[str, Any]:
    """What provider.yaml shall say."""
    wanted = copy.deepcopy(dict(data))
    for steps in VALUES:
        for node in _meant(data, steps, slug):
            here: Any = wanted
            for step in node[:-1]:
                here = here[step]
            here[node[-1]] = new
    if _placed(data, slug):
        homes = wanted["placement"]["tenants"]
        wanted["placement"]["tenants"] = {new if each == slug else each: home for each, home in homes.items()}
    return wanted


def _prove(root: Path, slug: str, new: str, document: Document, provider: Document, texts: Mapping[str, str]) -> None:
    """Raises where the new texts say something else than the old ones under the new name, or have errors."""
    with load.rewritten(root, new, texts) as folder:
        fresh = checked(folder)
        named, kept = folder.provider.data, _expected(provider.data, slug, new)
    found, wanted = ({key: each for key, each in one.data.items() if key != "moved"} for one in (fresh, document))
    if (found, named) != (wanted, kept):
        raise PbxError(
            f"{new} or provider.yaml would not say what it said under the new name",
            "rename the file by hand and note the move in `moved`; this is a fault of pbx",
        )
