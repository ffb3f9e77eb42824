"""Laid: which files and rows each machine was given by the last apply, as the engine's state names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.core.deployment import BundleKeeper, Outputs, Plain, SecretStore, platform_stack, tenant_stack
from provisioner.core.drift import Applied, Laid
from provisioner.core.errors import PbxError
from provisioner.core.site import Site
from provisioner.targets.asterisk import core_node

from .contents import digests

ETC = "/etc/asterisk"
TENANTS = f"{ETC}/{core_node.TENANTS}"
CHATS = "/etc/pbx-chat/tenants"
VIDEO = "/etc/pbx-video"
SOUNDS = "/var/lib/asterisk/sounds/pbx"
"""A sound is named by the digest of its recipe, below the first two signs of it."""

FOLDERS = {
    "asterisk": ETC,
    "ejabberd": "/etc/pbx-chat",
    "kamailio": "/etc/kamailio/current",
    "livekit": VIDEO,
    "nginx": "/etc/nginx",
    "rtpengine": "/etc/rtpengine",
}
"""The part of a machine's bundle → where its files lie. What is not named here becomes no file (`postgres`)."""

ELSEWHERE = {
    "notices/config.json": "/etc/pbx/notices.json",
    "transcripts/config.json": "/etc/pbx/transcripts.json",
}


@dataclass(frozen=True, slots=True)
class State:
    """What was applied, and of which stacks it cannot be told with which secrets."""

    applied: Applied
    never: tuple[str, ...] = ()
    """Tenants that were never applied, or not to the end."""
    unsure: Mapping[str, str] = field(default_factory=dict)
    """Stacks that cannot be looked at → why."""


def state(
    site: Site,
    stacks: Iterable[str],
    outputs: Outputs,
    bundles: BundleKeeper,
    secrets: SecretStore,
    roles_digest: Callable[[tuple[str, ...]], str],
    only: frozenset[str] = frozenset(),
) -> State:
    """Of the tenants named, or of everything. `stacks` are the names that the engine knows."""
    prefix = tenant_stack(site.environment, "")
    there = {each.removeprefix(prefix): outputs(each) for each in stacks if each.startswith(prefix)}
    wanted = {slug: there[slug] for slug in sorted(there) if not only or slug in only}
    whole = {slug: facts for slug, facts in wanted.items() if {"core", "edge"} <= facts.keys()}
    machines = {} if only else outputs(platform_stack(site.environment))
    asked = {tenant_stack(site.environment, slug): facts for slug, facts in whole.items()}
    asked[platform_stack(site.environment)] = machines
    unsure = {stack: why for stack, facts in asked.items() if (why := _doubt(facts, bundles, secrets))}
    known = {slug: facts for slug, facts in whole.items() if tenant_stack(site.environment, slug) not in unsure}
    files = [each for slug, facts in known.items() for each in _tenant(slug, facts, bundles)]
    if platform_stack(site.environment) not in unsure:
        files += [each for host, facts in machines.items() for each in _machine(host, facts, bundles)]
    other_roles = [each for each in machines.values() if roles_digest(tuple(_names(each["roles"]))) != each["digest"]]
    set_up = {} if other_roles or platform_stack(site.environment) in unsure else machines
    applied = Applied(
        tuple(files),
        {slug: str(facts["edge"]["digest"]) for slug, facts in known.items()},
        {slug: str(facts["edge"]["devices"]) for slug, facts in known.items() if facts["edge"].get("devices")},
        {
            slug: (str(chat["node"]), str(chat["digest"]))
            for slug, facts in known.items()
            if (chat := facts.get("chat"))
        },
        {slug: str(facts["edge"]["book"]) for slug, facts in known.items() if facts["edge"].get("book")},
        {host: {key: each for key, each in facts.items() if key != "hosts"} for host, facts in set_up.items()},
        {slug: str(facts["core"]["node"]) for slug, facts in known.items()},
        whole=not only and not unsure and len(whole) == len(there),
        platform=not only,
    )
    never = tuple(sorted((only or there.keys()) - whole.keys()))
    if other_roles:
        unsure.setdefault(platform_stack(site.environment), "this pbx sets machines up otherwise: apply first")
    return State(applied, never, dict(sorted(unsure.items())))


def _names(found: Plain) -> list[str]:
    return [str(each) for each in found] if isinstance(found, Sequence) else []


def _doubt(facts: Mapping[str, Mapping[str, Any]], bundles: BundleKeeper, secrets: SecretStore) -> str:
    """Why it cannot be known here what was laid down; empty where it can."""
    for inputs in facts.values():
        named = [str(inputs["bundle"])] if "bundle" in inputs else digests(inputs)
        try:
            handles = [one for each in named for one in bundles.manifest(each)["secrets"]]
        except PbxError:
            return "what was applied last is not kept on this machine: apply, or look from that revision of the folder"
        if "secrets" in inputs and secrets.digest(handles) != inputs["secrets"]:
            return "secrets were changed since the last apply: apply first"
    return ""


def _tenant(slug: str, facts: Mapping[str, Mapping[str, Any]], bundles: BundleKeeper) -> Iterator[Laid]:
    host, digest = str(facts["core"]["node"]), str(facts["core"]["digest"])
    manifest = bundles.manifest(digest)
    for file in manifest["files"]:
        yield Laid(host, f"{TENANTS}/{slug}/{file}", digest, file, slug)
    for sound in manifest["sounds"]:
        yield Laid(host, f"{SOUNDS}/{sound[:2]}/{sound}.wav", digest, "", slug)
    if chat := facts.get("chat"):
        yield Laid(str(chat["node"]), f"{CHATS}/{slug}.yml", str(chat["digest"]), "host.yml", slug)
    if video := facts.get("video"):
        yield Laid(str(video["node"]), f"{VIDEO}/tenants/{slug}.json", str(video["digest"]), "video.json", slug)


def _machine(host: str, facts: Mapping[str, Any], bundles: BundleKeeper) -> Iterator[Laid]:
    digest = str(facts["bundle"])
    for file in bundles.manifest(digest)["files"]:
        folder, _, name = file.partition("/")
        path = ELSEWHERE.get(file) or (f"{FOLDERS[folder]}/{name}" if folder in FOLDERS else "")
        if path:
            yield Laid(host, path, digest, file)
