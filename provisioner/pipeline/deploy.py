"""Deploy: from a provider's folder and an environment to stacks, and from stacks to a plan or an outcome.

`prepare` compiles and names everything; `plan` asks the engine what would change; `apply` makes secrets and sounds that
are missing, then lets the engine carry out what is wanted, and only if that is still what was planned. Order: platform,
tenants, then tenants that are no longer in the folder. Ports only; `wiring` brings the adapters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from provisioner.core.audit import Head, Origin
from provisioner.core.deployment import (
    BundleKeeper,
    Engine,
    Kind,
    Outcome,
    Outputs,
    Plain,
    Progress,
    Resource,
    SecretStore,
    Stack,
    StackPlan,
    tenant_stack,
)
from provisioner.core.errors import PbxError, SpecificationInvalid
from provisioner.core.ports.audit import AuditLog
from provisioner.core.ports.builds import Builds
from provisioner.core.ports.commits import Commits
from provisioner.core.ports.gate import Gate
from provisioner.core.ports.sounds import SoundMaker
from provisioner.core.site import Role, Site
from provisioner.provider import Provider
from provisioner.targets.asterisk import bundle as asterisk
from provisioner.targets.chat import bundle as chat
from provisioner.targets.kamailio import rows as kamailio
from provisioner.targets.ldap import bundle as ldap
from provisioner.targets.provisioning import bundle as provisioning
from provisioner.targets.video import bundle as video

from . import auditing, binding, brakes, canary, contents, heirs, on_machines, platform, sides, staleness
from .auditing import AS_USUAL, Permit, Recorder
from .binding import Binding
from .brakes import Stop
from .build import build
from .canary import Canary
from .heirs import Heirs
from .moved import makers
from .on_machines import OnMachine
from .prepared import Built, Prepared
from .recorded import moved_since
from .sides import FILE, TENANT, Document, Sides, Words
from .unwritten import unwritten


@dataclass(frozen=True)
class Tools:
    """The ports that a deployment works with."""

    engine: Engine
    secrets: SecretStore
    bundles: BundleKeeper
    sounds: SoundMaker
    roles_digest: Callable[[tuple[str, ...]], str]
    """Names the content of Ansible roles, so that a new role is carried out."""
    audit: AuditLog
    origin: Callable[[], Origin]
    """Who applies."""
    commits: Commits
    gate: Gate
    builds: Builds | None = None
    """What was built before; without it every tenant is built."""


@dataclass(frozen=True)
class Plan:
    """What would change."""

    binding: Binding
    """`apply` carries out exactly this, or nothing."""
    stacks: tuple[StackPlan, ...] = ()
    gone: tuple[StackPlan, ...] = ()
    """Tenants that would be taken away."""
    words: tuple[Words, ...] = ()
    """What changes for callers and users, tenant by tenant."""
    stops: tuple[Stop, ...] = ()
    """The brakes that it is beyond: `apply` refuses it until they are allowed."""
    machines: tuple[OnMachine, ...] = ()
    """What happens on each machine, in order."""

    @property
    def changes(self) -> tuple[StackPlan, ...]:
        return tuple(each for each in (*self.stacks, *self.gone) if each.changes)


def prepare(
    root: Path, provider: Provider, site: Callable[[], Site], tools: Tools, only: frozenset[str] = frozenset()
) -> Prepared:
    """Compiles the folder and keeps its bundles; raises SpecificationInvalid where anything is wrong.

    The site is asked for last: what is wrong in the folder is told even where the environment cannot be reached.
    """
    with tools.bundles.staged() as (put, keep):
        if not (made := build(root, only, keep=put, builds=tools.builds)).valid:
            raise SpecificationInvalid(made.findings)
        keep()
    if tools.builds:
        tools.builds.remember({each.slug: each.fresh for each in made.outcomes if each.fresh})
    tenants = (
        Built(
            each.slug,
            each.digests[asterisk.PRODUCT],
            each.digests[kamailio.PRODUCT],
            each.digests.get(provisioning.PRODUCT, ""),
            each.digests.get(ldap.PRODUCT, ""),
            each.digests.get(chat.PRODUCT, ""),
            each.digests.get(video.PRODUCT, ""),
            each.record,
            tuple(sorted(each.claims.formerly)) if each.claims else (),
        )
        for each in made.outcomes
    )
    prepared = Prepared(provider, site(), tuple(tenants), not only)
    heirs.one_of_a_name(root, prepared.former)
    return prepared


def stacks(prepared: Prepared, tools: Tools) -> tuple[Stack, ...]:
    """The platform's stack, then one for each tenant."""
    site = prepared.site
    base, bundles = platform.stack(prepared.provider, site, tools.roles_digest, tools.secrets.digest)
    for each in bundles:
        tools.bundles.put(each)
    return base, *(_tenant(prepared, tools, each) for each in prepared.tenants)


def _tenant(prepared: Prepared, tools: Tools, tenant: Built) -> Stack:
    slug, home = tenant.slug, prepared.provider.placement.home(tenant.slug)
    core: dict[str, Plain] = {"slug": slug, "node": home, "digest": tenant.core}
    edge: dict[str, Plain] = {"slug": slug, "core": home, "digest": tenant.edge}
    edge |= {key: each for key, each in (("devices", tenant.devices), ("book", tenant.book)) if each}
    site = prepared.site
    edges = [each.name for role in (Role.DATA, Role.EDGE) for each in site.of(role)]
    node = prepared.provider.chat.node if prepared.provider.chat else ""
    chat_host: dict[str, Plain] = {"slug": slug, "node": node, "digest": tenant.chat}
    stage = prepared.provider.video.node if prepared.provider.video else ""
    rooms: dict[str, Plain] = {"slug": slug, "node": stage, "digest": tenant.video}
    for inputs, machines in ((core, [home]), (edge, edges), (chat_host, [node]), (rooms, [stage])):
        if installation := site.installation(machines):
            inputs["installation"] = installation  # a new machine holds nothing of what state says
    resources = [
        _resource(tools, Kind.CORE_BUNDLE, "core", core),
        _resource(tools, Kind.EDGE_ROWS, "edge", edge, ("core",)),
    ]
    if tenant.chat:
        resources.append(_resource(tools, Kind.CHAT_HOST, "chat", chat_host))
    if tenant.video:
        resources.append(_resource(tools, Kind.VIDEO_ROOMS, "video", rooms))
    # Last, so that state remembers a file only when all of it is live.
    live = tuple(each.name for each in resources[1:])
    file = Resource(Kind.TENANT_FILE, FILE, {"slug": slug, "record": tenant.record}, live)
    return Stack(tenant_stack(site.environment, slug), (*resources, file))


def _resource(tools: Tools, kind: Kind, name: str, inputs: dict[str, Plain], after: tuple[str, ...] = ()) -> Resource:
    handles = [each for digest in contents.digests(inputs) for each in tools.bundles.manifest(digest)["secrets"]]
    if handles:
        inputs["secrets"] = tools.secrets.digest(handles)
    return Resource(kind, name, inputs, after)


def gone(prepared: Prepared, engine: Engine) -> tuple[str, ...]:
    """Stacks of tenants that are no longer in the folder under that name."""
    environment = prepared.site.environment
    if not prepared.whole:
        return renamed(prepared, engine).stacks
    kept = {tenant_stack(environment, each.slug) for each in prepared.tenants}
    prefix = tenant_stack(environment, "")
    return tuple(each for each in engine.stacks() if each.startswith(prefix) and each not in kept)


def renamed(prepared: Prepared, engine: Engine) -> Heirs:
    """Tenants that have another name now, and still a stack under an earlier one."""
    return heirs.heirs(prepared.site.environment, prepared.records, prepared.former, engine.stacks)


def plan(prepared: Prepared, tools: Tools) -> Plan:
    """What `apply` would do; touches no machine and makes no secret."""
    wanted = stacks(prepared, tools)
    leaving, others = gone(prepared, tools.engine), renamed(prepared, tools.engine)
    outputs = cache(tools.engine.outputs)
    others.stay_at_home(prepared.provider.placement, outputs, clustered=prepared.site.cluster is not None)
    planned = tools.engine.plan([*wanted, *(Stack(each, ()) for each in leaving)])
    kept, beside = len(wanted), unwritten(wanted, outputs, tools.bundles, TENANT)
    changed = changes(prepared, [each.stack for each in planned[:kept] if each.changes], leaving, others, outputs)
    words = tuple(sides.words(changed, prepared.provider, beside, others.told()))
    stops = _stops(prepared, changed, tools.engine, outputs)
    bound = _bind(prepared, wanted, leaving, outputs, tools)
    machines = on_machines.told(planned, prepared.site, tools.bundles)
    return Plan(bound, planned[:kept], planned[kept:], words, stops, machines)


def _bind(
    prepared: Prepared, wanted: Iterable[Stack], leaving: Iterable[str], outputs: Outputs, tools: Tools
) -> Binding:
    return binding.bind(prepared.site.environment, prepared.targets, wanted, leaving, outputs, tools.origin())


def _stops(prepared: Prepared, changed: Sides, engine: Engine, outputs: Outputs) -> tuple[Stop, ...]:
    def before() -> dict[str, Document]:
        return sides.everywhere(prepared.site.environment, engine.stacks(), outputs)

    return brakes.stops(changed, before, prepared.provider.brakes)


def changes(
    prepared: Prepared, changed: Iterable[str], leaving: Iterable[str], others: Heirs, outputs: Outputs
) -> Sides:
    """Both sides of each tenant, under its name of now."""
    return others.under_new_names(sides.sides([*changed, *leaving], prepared.records, outputs), outputs)


@dataclass(frozen=True)
class Applied:
    """What came of a run, and where the record of the environment stands after it."""

    outcomes: tuple[Outcome, ...]
    head: Head | None
    """None where there was nothing to record."""
    unrecorded: PbxError | None = None
    """Why the record lacks something that was carried out."""


def apply(
    prepared: Prepared,
    tools: Tools,
    progress: Progress,
    planned: Binding | None = None,
    permit: Permit = AS_USUAL,
    first: Canary | None = None,
    *,
    again: bool = False,
) -> Applied:
    """Makes everything as wanted, where there is a plan only as it was planned, a few tenants `first` if asked to.

    With `again` also what state says is as wanted; the platform only where all tenants are meant.
    Raises LockHeld where somebody else applies, PlanStale where that plan is no longer the one, and StoppedByLimit
    where it is beyond a brake that the permit does not take off; failures of single stacks stand in their outcomes.
    Where it cannot be recorded, nothing is done.
    """
    with tools.gate.held(prepared.site.environment, prepared.held):
        return _apply(prepared, tools, progress, planned, permit, first, again=again)


def _apply(
    prepared: Prepared,
    tools: Tools,
    progress: Progress,
    planned: Binding | None,
    permit: Permit,
    first: Canary | None,
    *,
    again: bool,
) -> Applied:
    wanted = stacks(prepared, tools)
    leaving, others = gone(prepared, tools.engine), renamed(prepared, tools.engine)
    outputs = cache(tools.engine.outputs)
    others.stay_at_home(prepared.provider.placement, outputs, clustered=prepared.site.cluster is not None)
    if planned and binding.fingerprint(wanted, leaving, outputs) != planned.digest:
        now = _bind(prepared, wanted, leaving, outputs, tools)
        staleness.hold(planned, now, tools.audit, tools.commits)
    moved = moved_since(wanted, tools.engine, outputs)
    digest = planned.digest if planned else binding.fingerprint(wanted, leaving, outputs) if moved or leaving else ""
    changed = changes(prepared, moved, leaving, others, outputs)
    brakes.hold(_stops(prepared, changed, tools.engine, outputs), permit)
    used = contents.handles(wanted, tools.bundles)
    if tools.secrets.ensure(makers(used, prepared.records, tools.secrets)):
        wanted = stacks(prepared, tools)
        moved = moved_since(wanted, tools.engine, outputs)
    once_more = frozenset(each.name for each in wanted[not prepared.whole :] if again)
    moved = [each.name for each in wanted if each.name in once_more or each.name in moved]  # others have their sounds
    fresh = [each for each in wanted if each.name in moved or not tools.engine.unchanged(each)]
    contents.make_sounds(fresh, tools.bundles, tools.sounds, progress)
    tools.bundles.tidy()
    beside = unwritten((each for each in wanted if each.name in moved), outputs, tools.bundles, TENANT)
    words = sides.words(changed, prepared.provider, beside, others.told())
    told = {each.slug: auditing.told(each.sentences) for each in words}
    recorder = auditing.recorder(tools.audit, tools.origin(), prepared.site.environment, "apply", digest, permit)
    recorder.begin([auditing.work(each, told, others.former) for each in wanted], moved)
    outcomes = canary.apply(tools.engine, wanted, moved, first, recorder.ended, once_more)
    if not any(each.error for each in outcomes):
        outcomes += _take_away(leaving, told, tools, recorder)
    return _closed(outcomes, recorder)


def destroy(names: Sequence[str], provider: Provider, environment: str, tools: Tools, permit: Permit) -> Applied:
    """Takes stacks away, and says so in the record; raises LockHeld where somebody else applies."""
    with tools.gate.held(environment, ()):
        return _destroy(names, provider, environment, tools, permit)


def _destroy(names: Sequence[str], provider: Provider, environment: str, tools: Tools, permit: Permit) -> Applied:
    told = {
        each.slug: auditing.told(each.sentences)
        for each in sides.words(sides.sides(names, {}, tools.engine.outputs), provider)
    }
    recorder = auditing.recorder(tools.audit, tools.origin(), environment, "destroy", "", permit)
    outcomes = _take_away(names, told, tools, recorder)
    return _closed(outcomes, recorder)


def _closed(outcomes: tuple[Outcome, ...], recorder: Recorder) -> Applied:
    left = recorder.close()
    return Applied(outcomes, recorder.head, left)


def _take_away(
    names: Sequence[str], told: Mapping[str, tuple[str, ...]], tools: Tools, recorder: Recorder
) -> tuple[Outcome, ...]:
    try:
        recorder.begin([auditing.work(Stack(each, ()), told) for each in names], names)
    except auditing.TROUBLE as error:
        return tuple(Outcome(each, error=auditing.unrecorded(error)) for each in names)
    return tools.engine.destroy(names, recorder.ended)
