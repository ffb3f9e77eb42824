"""The platform of an environment: each machine's bundle, and the resource that makes the machine so.

Pure. The data node comes first; edges and cores need it. Passwords stand as secrets' tokens in the bundles and become
values only on the machine that applies.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.deployment import Kind, Plain, Resource, Stack, platform_stack
from provisioner.core.errors import UsageError
from provisioner.core.numbering import EVERYWHERE, plan_of
from provisioner.core.site import Machine, Role, Site
from provisioner.provider import Provider
from provisioner.targets import pbx_notices, pbx_transcripts
from provisioner.targets.asterisk import core_node
from provisioner.targets.kamailio.platform import CoreNode, EdgePlatform, Trunk

from . import nodes

ROLES: dict[Role, tuple[str, ...]] = {
    Role.DATA: ("base", "postgres"),
    Role.CORE: (
        *("base", "asterisk", "speech", "notices", "figures", "calls", "people", "transcripts"),
        *("calendars", "contact_books"),
    ),
    Role.EDGE: ("base", "rtpengine", "kamailio", "ldap", "web"),
}
"""What runs on a machine, in order."""

CHAT_TOKEN = "platform/chat-states"
"""The handle of the secret by which core nodes know the machine that carries chat."""
CHAT_TOKEN_FILE = "people/chat-token"
PODS: dict[Role, tuple[str, ...]] = {
    Role.DATA: ("postgres",),
    Role.CORE: ("asterisk",),
    Role.EDGE: ("rtpengine", "kamailio", "web"),
}
"""What runs in the pods of a node in a cluster."""

CHAT = "ejabberd"
"""Runs beside them on the edge that carries chat."""

VIDEO = "livekit"
"""Runs beside them on the edge that carries video."""


def stack(
    provider: Provider,
    site: Site,
    digest_of: Callable[[tuple[str, ...]], str],
    secret_digest: Callable[[tuple[str, ...]], str],
) -> tuple[Stack, tuple[Bundle, ...]]:
    """The stack of the platform and the bundles that it names.

    `digest_of` names the content of roles, `secret_digest` that of secrets.
    """
    _check(site)
    resources: list[Resource] = []
    bundles: list[Bundle] = []
    for machine in (*site.of(Role.DATA), *site.of(Role.EDGE), *site.of(Role.CORE)):
        bundle = node_bundle(provider, site, machine)
        bundles.append(bundle)
        used = handles_of(bundle)
        inputs: dict[str, Plain] = {
            "machine": machine.name,
            "roles": (roles := PODS[machine.role] if site.cluster else roles_of(provider, machine)),
            "digest": digest_of(roles),
            "bundle": bundle.digest,
            "settings": _settings(site),
        }
        if site.cluster:
            inputs |= {"address": machine.private_address, "public": site.public_name or machine.public_address}
        if machine.installation:
            inputs["installation"] = machine.installation
        if used:
            inputs["secrets"] = secret_digest(used)
        after = [each.name for each in site.of(Role.DATA) if machine.role is not Role.DATA]
        resources.append(Resource(Kind.PLATFORM_NODE, machine.name, inputs, tuple(after)))
    return Stack(platform_stack(site.environment), tuple(resources)), tuple(bundles)


def _settings(site: Site) -> dict[str, Plain]:
    if site.cluster:
        return {"cluster": asdict(site.cluster)}
    return {"pbx_management_networks": site.management_networks}


def roles_of(provider: Provider, machine: Machine) -> tuple[str, ...]:
    """What runs on a machine, in order."""
    beside = ((CHAT, _carries_chat(provider, machine)), (VIDEO, _carries_video(provider, machine)))
    return (*ROLES[machine.role], *(role for role, there in beside if there))


def _carries_chat(provider: Provider, machine: Machine) -> bool:
    return bool(provider.chat and provider.chat.node == machine.name and machine.role is Role.EDGE)


def _carries_video(provider: Provider, machine: Machine) -> bool:
    return bool(provider.video and provider.video.node == machine.name and machine.role is Role.EDGE)


def _check(site: Site) -> None:
    for role in Role:
        if not site.of(role):
            raise UsageError(
                f"the environment {site.environment} has no machine with role {role}",
                f"add one below environments.{site.environment}.nodes in provider.yaml",
            )


def handles_of(bundle: Bundle) -> tuple[str, ...]:
    """The secrets that a bundle names, sorted."""
    return tuple(sorted({handle for file in bundle.files for handle in secrets.handles(file.text)}))


def node_bundle(provider: Provider, site: Site, machine: Machine) -> Bundle:
    """The files of one machine, each product's in a folder of its own."""
    if machine.role is Role.DATA:
        return nodes.data()
    return _edge(provider, site, machine) if machine.role is Role.EDGE else _core(provider, site, machine)


def _edge(provider: Provider, site: Site, machine: Machine) -> Bundle:
    cores = tuple(CoreNode(each.name, each.private_address) for each in site.of(Role.CORE))
    plan = plan_of(provider.country)
    facts = EdgePlatform(
        name=machine.name,
        private_address=machine.private_address,
        public_address=machine.public_address,
        public_name=site.public_name or machine.public_address,
        database_address=site.of(Role.DATA)[0].private_address,
        cores=cores,
        trunks=tuple(_trunk(name, provider, site) for name in provider.trunks),
        server_id=site.of(Role.EDGE).index(machine) + 1,
        emergency_numbers=plan.emergency if plan else (EVERYWHERE,),
    )
    chat = provider.chat if _carries_chat(provider, machine) else None
    bundle = nodes.edge(
        facts,
        provider.placement.default,
        provider.placement.tenants,
        chat=chat,
        video=_carries_video(provider, machine),
        pods=site.cluster is not None,
    )
    if chat is None:
        return bundle
    feed = {"cores": [each.address for each in cores], "token": secrets.token(CHAT_TOKEN)}
    phones = TextFile("ejabberd/phones.json", (Line(json.dumps(feed)),))
    return replace(bundle, files=(*bundle.files, phones))


def _core(provider: Provider, site: Site, machine: Machine) -> Bundle:
    edges = tuple(core_node.Edge(each.name, each.private_address) for each in site.of(Role.EDGE))
    facts = core_node.CorePlatform(
        machine.name, machine.private_address, edges, language=provider.language, country=provider.country
    )
    asterisk = tuple(replace(each, path=f"asterisk/{each.path}") for each in core_node.render(facts).files)
    if site.cluster:
        return Bundle("", "core", asterisk)  # nobody there sends notices or shows who talks
    notices = pbx_notices.render(machine.name, site.outlets or provider.outlets)
    shown = (TextFile(CHAT_TOKEN_FILE, (Line(secrets.token(CHAT_TOKEN)),)),) if provider.chat else ()
    transcripts = pbx_transcripts.render(provider.transcriber)
    return Bundle("", "core", (*asterisk, notices, transcripts, *shown))


def _trunk(name: str, provider: Provider, site: Site) -> Trunk:
    trunk = provider.trunks[name]
    plan = plan_of(provider.country)
    return Trunk(
        name=name,
        address=site.trunk_addresses.get(name, trunk.address),
        port=trunk.port,
        transport=trunk.transport,
        number_format=trunk.number_format,
        country_code=plan.calling_code if plan else "",
        numbers=trunk.carried,
        emergency=trunk.emergency,
        order=trunk.order,
        shows_callers=trunk.shows_callers,
        sources=tuple(trunk.sources),
    )
