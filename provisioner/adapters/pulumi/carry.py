"""Which play carries a resource out: from plain inputs to playbook, variables and secret texts.

Inputs name digests; here, on the machine that applies, they become paths and values, and never go back into state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.adapters.bundles import BundleStore
from provisioner.core.deployment import Kind, Play, Playbooks, Progress, SecretStore
from provisioner.core.errors import PbxError
from provisioner.core.secrets import fill, handles

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


REQUIRED: Mapping[Kind, Mapping[str, type]] = {
    Kind.PLATFORM_NODE: {"machine": str, "roles": list, "digest": str, "bundle": str, "settings": dict},
    Kind.CORE_BUNDLE: {"slug": str, "node": str, "digest": str},
    Kind.EDGE_ROWS: {"slug": str, "core": str, "digest": str},
    Kind.CHAT_HOST: {"slug": str, "node": str, "digest": str},
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
    Kind.TENANT_FILE: frozenset({"slug"}),
}
"""Inputs whose change means another thing: the new one is made first, the old one goes last."""


def carry_out(
    kind: Kind, inputs: Mapping[str, Any], means: Means, *, present: bool, again: bool = False
) -> Play | None:
    """The play that makes the resource so, or takes it away; nothing where no machine is touched.

    With `again` it trusts no note of what a daemon was last seen to run.
    """
    play = _PLAYS[kind](inputs, means, present) if kind in _PLAYS else None
    return replace(play, variables={**play.variables, "pbx_again": True}) if play and again else play


def run(play: Play, means: Means, progress: Progress, cancelled: Callable[[], bool]) -> dict[str, Any]:
    """Carries a play out; returns per host how many tasks ran and how many changed something."""
    results = means.playbooks.run(play, progress, cancelled)
    return {each.host: {"ran": each.ran, "changed": each.changed} for each in results}


def _platform_node(inputs: Mapping[str, Any], means: Means, present: bool) -> Play | None:
    """A machine that leaves the platform is left as it is: switching it off is for whoever owns it."""
    if not present:
        return None
    variables: dict[str, Any] = {
        **inputs["settings"],
        "pbx_machine": inputs["machine"],
        "pbx_roles": list(inputs["roles"]),
        "pbx_digest": inputs["digest"],
        "pbx_bundle": str(means.bundles.folder(inputs["bundle"])),
    }
    return Play("platform_node.yml", variables, overlay=resolved(inputs["bundle"], means))


def _core_bundle(inputs: Mapping[str, Any], means: Means, present: bool) -> Play:
    variables: dict[str, Any] = {
        "pbx_slug": inputs["slug"],
        "pbx_node": inputs["node"],
        "pbx_digest": inputs["digest"],
        "pbx_state": _state(present),
    }
    if not present:
        return Play("tenant_core.yml", variables)
    variables["pbx_bundle"] = str(means.bundles.folder(inputs["digest"]))
    variables["pbx_sounds"] = [str(each) for each in means.bundles.sounds(inputs["digest"])]
    return Play("tenant_core.yml", variables, overlay=resolved(inputs["digest"], means))


def _edge_rows(inputs: Mapping[str, Any], means: Means, present: bool) -> Play:
    variables: dict[str, Any] = {
        "pbx_slug": inputs["slug"],
        "pbx_digest": inputs["digest"],
        "pbx_state": _state(present),
    }
    if not present:
        return Play("tenant_edge.yml", variables)
    files = means.bundles.manifest(inputs["digest"])["files"]
    if files != ["rows.json"]:
        raise PbxError(
            f"the edge's bundle {inputs['digest'][:12]} holds {', '.join(files) or 'nothing'}, expected rows.json",
            "compile again; if it stays so, this is a fault of pbx",
        )
    filled = resolved(inputs["digest"], means)
    rows = filled.get("rows.json") or means.bundles.text(inputs["digest"], "rows.json")
    secret_files = {"pbx_rows": rows, "pbx_devices": _devices(inputs, means), "pbx_book": _book(inputs, means)}
    return Play("tenant_edge.yml", variables, secret_files=secret_files)


def _devices(inputs: Mapping[str, Any], means: Means) -> str:
    """The files of the telephones that set themselves up, passwords in place, as one JSON text for the edges."""
    digest = inputs.get("devices")
    return json.dumps(resolved(digest, means) if digest else {}, ensure_ascii=False)


def _book(inputs: Mapping[str, Any], means: Means) -> str:
    """The contact book with digests of passwords; empty where there is none."""
    digest = inputs.get("book")
    return "".join(resolved(digest, means).values()) if digest else ""


def _chat_host(inputs: Mapping[str, Any], means: Means, present: bool) -> Play:
    variables: dict[str, Any] = {
        "pbx_slug": inputs["slug"],
        "pbx_node": inputs["node"],
        "pbx_digest": inputs["digest"],
        "pbx_state": _state(present),
    }
    if not present:
        return Play("tenant_chat.yml", variables)
    texts = {each: means.bundles.text(inputs["digest"], each) for each in ("host.yml", "chat.json")}
    texts |= resolved(inputs["digest"], means)
    secret_files = {"pbx_chat_host": texts["host.yml"], "pbx_chat": texts["chat.json"]}
    return Play("tenant_chat.yml", variables, secret_files=secret_files)


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


def _state(present: bool) -> str:
    return "present" if present else "absent"


_PLAYS: Mapping[Kind, Callable[[Mapping[str, Any], Means, bool], Play | None]] = {
    Kind.PLATFORM_NODE: _platform_node,
    Kind.CORE_BUNDLE: _core_bundle,
    Kind.EDGE_ROWS: _edge_rows,
    Kind.CHAT_HOST: _chat_host,
}
