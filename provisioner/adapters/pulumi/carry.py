"""Which play carries resources out: from plain inputs to playbook, variables and secret texts.

Inputs name digests; here, on the machine that applies, they become paths and values, and never go back into state.
Tenants that go the same way (`Way`) share a play: each has a `Share` in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.adapters.bundles import BundleStore
from provisioner.core.deployment import HostResult, Kind, Plain, Play, Playbooks, Progress, SecretStore
from provisioner.core.errors import PbxError
from provisioner.core.secrets import fill, handles

if TYPE_CHECKING:
    from provisioner.adapters.cluster.delivery import ClusterDelivery

Resolve = Callable[[str, Callable[[str], str]], str]
"""Takes a file's text and what resolves a handle; returns the text with values in place of handles."""


@dataclass(frozen=True)
class Means:
    """What the provider works with, for one environment."""

    bundles: BundleStore
    secrets: SecretStore
    playbooks: Playbooks
    resolvers: Mapping[tuple[str, str], Resolve] = field(default_factory=dict)
    """(product, path in the bundle) → how its secrets are put in, where they do not simply take their tokens' place."""
    programs: Callable[[tuple[str, ...]], Mapping[str, str]] = lambda _: {}
    """Roles → variables that say where the programs lie on this machine that they bring along."""
    cluster: ClusterDelivery | None = None
    """Carries out in a cluster what playbooks carry out on hosts; they are not used then."""


REQUIRED: Mapping[Kind, Mapping[str, type]] = {
    Kind.PLATFORM_NODE: {"machine": str, "roles": list, "digest": str, "bundle": str, "settings": dict},
    Kind.CORE_BUNDLE: {"slug": str, "node": str, "digest": str},
    Kind.EDGE_ROWS: {"slug": str, "core": str, "digest": str},
    Kind.CHAT_HOST: {"slug": str, "node": str, "digest": str},
    Kind.VIDEO_ROOMS: {"slug": str, "node": str, "digest": str},
    Kind.TENANT_FILE: {"slug": str, "record": str},
}
"""The inputs that each kind needs.

Optional: `secrets`, a keyed digest; `devices`, the bundle of telephones' files; `book`, that of the contact book;
`installation`, which tells machines from earlier ones of their names.
"""

REPLACES: Mapping[Kind, frozenset[str]] = {
    Kind.PLATFORM_NODE: frozenset({"machine"}),
    Kind.CORE_BUNDLE: frozenset({"slug", "node"}),
    Kind.EDGE_ROWS: frozenset({"slug"}),
    Kind.CHAT_HOST: frozenset({"slug", "node"}),
    Kind.VIDEO_ROOMS: frozenset({"slug", "node"}),
    Kind.TENANT_FILE: frozenset({"slug"}),
}
"""Inputs whose change means another thing: the new one is made first, the old one goes last."""


@dataclass(frozen=True, slots=True)
class Way:
    """What resources have in common that one play can carry out. With `again` no note is trusted of what a daemon was
    last seen to run."""

    kind: Kind
    node: str
    """The core node; empty where the resource is for all edges."""
    present: bool
    again: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A tenant's part of a play; `texts` may hold secrets and are named by their variable."""

    slug: str
    facts: Mapping[str, Plain] = field(default_factory=dict)
    texts: Mapping[str, Any] = field(default_factory=dict)
    overlay: Mapping[str, str] = field(default_factory=dict)


SHARED = (Kind.CORE_BUNDLE, Kind.EDGE_ROWS)


def way(kind: Kind, inputs: Mapping[str, Any], *, present: bool, again: bool = False) -> Way:
    """How a resource of a tenant (`SHARED`) is carried out."""
    return Way(kind, inputs["node"] if kind is Kind.CORE_BUNDLE else "", present, again)


def share(inputs: Mapping[str, Any], its: Way, means: Means) -> Share:
    """The tenant's part; raises PbxError where something of it is missing."""
    make = _core_bundle if its.kind is Kind.CORE_BUNDLE else _edge_rows
    return make(inputs, means) if its.present else Share(inputs["slug"])


def play_of(shares: Sequence[Share], its: Way, means: Means) -> Play:
    """One play for all the tenants."""
    variables: dict[str, Any] = {"pbx_again": True} if its.again else {}
    if its.kind is Kind.EDGE_ROWS:
        texts = {
            name: json.dumps({each.slug: each.texts.get(name, absent) for each in shares}, ensure_ascii=False)
            for name, absent in _EDGE_TEXTS.items()
        }
        return Play("tenant_edge.yml", variables, secret_files=texts)
    variables |= {
        "pbx_node": its.node,
        "pbx_state": "present" if its.present else "absent",
        "pbx_tenants": [{"slug": each.slug, **each.facts} for each in shares],
        "pbx_sounds": str(means.bundles.sounds_folder),
    }
    overlay = {f"{each.slug}/{path}": text for each in shares for path, text in each.overlay.items()}
    return Play("tenant_core.yml", variables, overlay=overlay)


_EDGE_TEXTS: Mapping[str, Any] = {"pbx_rows": None, "pbx_devices": {}, "pbx_book": ""}
"""Variables of the edge's play, and what stands in them for a tenant who has nothing there."""


def carry_out(
    kind: Kind, inputs: Mapping[str, Any], means: Means, *, present: bool, again: bool = False
) -> Play | None:
    """The play that makes one resource so, or takes it away; nothing where no machine is touched."""
    if kind in SHARED:
        its = way(kind, inputs, present=present, again=again)
        return play_of([share(inputs, its, means)], its, means)
    if kind is Kind.CHAT_HOST:
        return _alone(inputs, means, present, "tenant_chat.yml", {"pbx_chat_host": "host.yml", "pbx_chat": "chat.json"})
    if kind is Kind.VIDEO_ROOMS:
        return _alone(inputs, means, present, "tenant_video.yml", {"pbx_video": "video.json"})
    return _platform_node(inputs, means, again) if kind is Kind.PLATFORM_NODE and present else None


def run(play: Play, means: Means, progress: Progress, cancelled: Callable[[], bool]) -> dict[str, Any]:
    """Carries a play out; returns per host how many tasks ran and how many changed something."""
    return told(means.playbooks.run(play, progress, cancelled))


def told(results: Sequence[HostResult], slug: str = "") -> dict[str, Any]:
    """What state keeps of a play; of one that several tenants share, what concerns this one."""
    return {
        each.host: {"ran": each.ran, "changed": each.changed_of(slug) if slug else each.changed} for each in results
    }


def _platform_node(inputs: Mapping[str, Any], means: Means, again: bool) -> Play:
    """A machine that leaves the platform is left as it is: switching it off is for whoever owns it."""
    variables: dict[str, Any] = {
        **inputs["settings"],
        "pbx_machine": inputs["machine"],
        "pbx_roles": list(inputs["roles"]),
        "pbx_digest": inputs["digest"],
        "pbx_bundle": str(means.bundles.folder(inputs["bundle"])),
        **means.programs(tuple(inputs["roles"])),
        **({"pbx_again": True} if again else {}),
    }
    return Play("platform_node.yml", variables, overlay=resolved(inputs["bundle"], means))


def _core_bundle(inputs: Mapping[str, Any], means: Means) -> Share:
    digest = inputs["digest"]
    means.bundles.sounds(digest)  # raises where one has not been made
    facts = {"digest": digest, "bundle": str(means.bundles.folder(digest))}
    return Share(inputs["slug"], facts, overlay=resolved(digest, means))


def _edge_rows(inputs: Mapping[str, Any], means: Means) -> Share:
    files = means.bundles.manifest(inputs["digest"])["files"]
    if files != ["rows.json"]:
        raise PbxError(
            f"the edge's bundle {inputs['digest'][:12]} holds {', '.join(files) or 'nothing'}, expected rows.json",
            "compile again; if it stays so, this is a fault of pbx",
        )
    filled = resolved(inputs["digest"], means)
    rows = filled.get("rows.json") or means.bundles.text(inputs["digest"], "rows.json")
    devices = _devices(inputs, means)
    if devices and (former := json.loads(rows).get("formerly")):
        devices |= {"formerly.json": json.dumps(former)}  # addresses that telephones know lead there
    texts = {"pbx_rows": rows, "pbx_devices": devices, "pbx_book": _book(inputs, means)}
    return Share(inputs["slug"], texts=texts)


def _devices(inputs: Mapping[str, Any], means: Means) -> dict[str, str]:
    """The files of the telephones that set themselves up, passwords in place."""
    digest = inputs.get("devices")
    return resolved(digest, means) if digest else {}


def _book(inputs: Mapping[str, Any], means: Means) -> str:
    """The contact book with digests of passwords; empty where there is none."""
    digest = inputs.get("book")
    return "".join(resolved(digest, means).values()) if digest else ""


def _alone(inputs: Mapping[str, Any], means: Means, present: bool, playbook: str, files: Mapping[str, str]) -> Play:
    """A play for one tenant on one machine; `files` are those of its bundle, by the variable that names them."""
    variables: dict[str, Any] = {
        "pbx_slug": inputs["slug"],
        "pbx_node": inputs["node"],
        "pbx_digest": inputs["digest"],
        "pbx_state": "present" if present else "absent",
    }
    if not present:
        return Play(playbook, variables)
    filled = resolved(inputs["digest"], means)
    texts = {name: filled.get(path) or means.bundles.text(inputs["digest"], path) for name, path in files.items()}
    return Play(playbook, variables, secret_files=texts)


def resolved(digest: str, means: Means) -> dict[str, str]:
    """The bundle's files that hold secrets, with the values in place."""
    product = means.bundles.manifest(digest)["product"]
    filled = {}
    for path in means.bundles.manifest(digest)["files"]:
        text = means.bundles.text(digest, path)
        if resolve := means.resolvers.get((product, path)):
            filled[path] = resolve(text, means.secrets.get)
        elif handles(text):
            filled[path] = fill(text, means.secrets.get)
    return filled
