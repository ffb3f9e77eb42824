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
    Event,
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
from provisioner.core.errors import PbxError, PlanStale, SpecificationInvalid
from provisioner.core.outlets import GIVEN_SECRET
from provisioner.core.ports.audit import AuditLog
from provisioner.core.ports.builds import Builds
from provisioner.core.ports.sounds import SoundMaker
from provisioner.core.site import Role, Site
from provisioner.provider import Provider
from provisioner.targets.asterisk import bundle as asterisk
from provisioner.targets.kamailio import rows as kamailio
from provisioner.targets.provisioning import bundle as provisioning

from . import auditing, brakes, platform, sides
from .auditing import AS_USUAL, Permit, Recorder, Work
from .brakes import Stop
from .build import build
from .making import maker
from .recorded import fingerprint, moved_since
from .sides import FILE, Document, Sides, Words


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
    builds: Builds | None = None
    """What was built before; without it every tenant is built."""


@dataclass(frozen=True, slots=True)
class Built:
    """A tenant as compiled: the digests of its bundles, and its file packed for state."""

    slug: str
    core: str
    edge: str
    devices: str
    """Empty where no telephone of the tenant sets itself up."""
    record: str


@dataclass(frozen=True)
class Prepared:
    """Everything that is compiled and kept; which stacks follow depends on the secrets at that moment."""

    provider: Provider
    site: Site
    tenants: tuple[Built, ...]
    """Sorted by slug."""
    whole: bool
    """Whether these are all tenants of the folder, so that others are no longer wanted."""


@dataclass(frozen=True)
class Plan:
    """What would change. `digest` names it: the same wishes on the same state have the same digest."""

    environment: str
    stacks: tuple[StackPlan, ...]
    gone: tuple[StackPlan, ...]
    """Tenants that would be taken away."""
    digest: str
    words: tuple[Words, ...] = ()
    """What changes for callers and users, tenant by tenant."""
    stops: tuple[Stop, ...] = ()
    """The brakes that it is beyond: `apply` refuses it until they are allowed."""

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
        made = build(root, only, keep=put, builds=tools.builds)
        if not made.valid:
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
            each.record,
        )
        for each in made.outcomes
    )
    return Prepared(provider, site(), tuple(tenants), not only)


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
    if tenant.devices:
        edge["devices"] = tenant.devices
    site = prepared.site
    edges = [each.name for role in (Role.DATA, Role.EDGE) for each in site.of(role)]
    for inputs, machines in ((core, [home]), (edge, edges)):
        if installation := site.installation(machines):
            inputs["installation"] = installation  # a new machine holds nothing of what state says
    resources = (
        _resource(tools, Kind.CORE_BUNDLE, "core", core),
        _resource(tools, Kind.EDGE_ROWS, "edge", edge, ("core",)),
        # Last, so that state remembers a file only when all of it is live.
        Resource(Kind.TENANT_FILE, FILE, {"slug": slug, "record": tenant.record}, ("edge",)),
    )
    return Stack(tenant_stack(prepared.site.environment, slug), resources)


def _resource(tools: Tools, kind: Kind, name: str, inputs: dict[str, Plain], after: tuple[str, ...] = ()) -> Resource:
    handles = [each for digest in _digests(inputs) for each in tools.bundles.manifest(digest)["secrets"]]
    if handles:
        inputs["secrets"] = tools.secrets.digest(handles)
    return Resource(kind, name, inputs, after)


def gone(prepared: Prepared, engine: Engine) -> tuple[str, ...]:
    """Stacks of tenants that are no longer in the folder."""
    if not prepared.whole:
        return ()
    environment = prepared.site.environment
    kept = {tenant_stack(environment, each.slug) for each in prepared.tenants}
    prefix = tenant_stack(environment, "")
    return tuple(each for each in engine.stacks() if each.startswith(prefix) and each not in kept)


def plan(prepared: Prepared, tools: Tools) -> Plan:
    """What `apply` would do; touches no machine and makes no secret."""
    wanted = stacks(prepared, tools)
    leaving = gone(prepared, tools.engine)
    outputs = cache(tools.engine.outputs)
    planned = tools.engine.plan([*wanted, *(Stack(each, ()) for each in leaving)])
    kept = len(wanted)
    environment = prepared.site.environment
    digest = fingerprint(wanted, leaving, outputs)
    changed = _sides(prepared, [each.stack for each in planned[:kept] if each.changes], leaving, outputs)
    words = tuple(sides.words(changed, prepared.provider))
    return Plan(
        environment, planned[:kept], planned[kept:], digest, words, _stops(prepared, changed, tools.engine, outputs)
    )


def _stops(prepared: Prepared, changed: Sides, engine: Engine, outputs: Outputs) -> tuple[Stop, ...]:
    def before() -> dict[str, Document]:
        return sides.everywhere(prepared.site.environment, engine.stacks(), outputs)

    return brakes.stops(changed, before, prepared.provider.brakes)


def _sides(prepared: Prepared, changed: Iterable[str], leaving: Iterable[str], outputs: Outputs) -> Sides:
    return sides.sides([*changed, *leaving], {each.slug: each.record for each in prepared.tenants}, outputs)


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
    planned: str = "",
    permit: Permit = AS_USUAL,
    *,
    again: bool = False,
) -> Applied:
    """Makes everything as wanted; `planned` is the digest of the plan that was shown, or empty.

    With `again` also what state says is as wanted; the platform only where all tenants are meant.
    Raises PlanStale where that plan is no longer the one, and StoppedByLimit where it is beyond a brake that the permit
    does not take off; failures of single stacks stand in their outcomes. Where it cannot be recorded, nothing is done.
    """
    wanted = stacks(prepared, tools)
    leaving = gone(prepared, tools.engine)
    outputs = cache(tools.engine.outputs)
    if planned and (now := fingerprint(wanted, leaving, outputs)) != planned:
        raise PlanStale(
            f"the plan {planned[:12]} is no longer what would be done: that is {now[:12]} now",
            "files, secrets or the recorded state have moved since: plan again, and read it",
        )
    moved = moved_since(wanted, tools.engine, outputs)
    digest = planned or (fingerprint(wanted, leaving, outputs) if moved or leaving else "")
    changed = _sides(prepared, moved, leaving, outputs)
    brakes.hold(_stops(prepared, changed, tools.engine, outputs), permit)
    used = _handles(wanted, tools)
    for each in used:
        if each.startswith(GIVEN_SECRET):
            tools.secrets.get(each)  # nobody but the provider knows it: raises before any machine is touched
    if tools.secrets.ensure({each: maker(each) for each in used if not each.startswith(GIVEN_SECRET)}):
        wanted = stacks(prepared, tools)
        moved = moved_since(wanted, tools.engine, outputs)
    once_more = frozenset(each.name for each in wanted[not prepared.whole :] if again)
    moved = [each.name for each in wanted if each.name in once_more or each.name in moved]
    sent = [each for each in wanted if each.name in moved or not tools.engine.unchanged(each)]
    _make_sounds(sent, tools, progress)
    tools.bundles.tidy()
    told = {each.slug: auditing.told(each.sentences) for each in sides.words(changed, prepared.provider)}
    recorder = auditing.recorder(tools.audit, tools.origin(), prepared.site.environment, "apply", digest, permit)
    recorder.begin([_work(each.name, each.digest, told) for each in wanted], moved)
    outcomes = tools.engine.apply(wanted, recorder.ended, once_more)
    if not any(each.error for each in outcomes):
        outcomes += _take_away(leaving, told, tools, recorder)
    return _closed(outcomes, recorder)


def destroy(names: Sequence[str], provider: Provider, environment: str, tools: Tools, permit: Permit) -> Applied:
    """Takes stacks away, and says so in the record."""
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
        recorder.begin([_work(each, "", told) for each in names], names)
    except auditing.TROUBLE as error:
        return tuple(Outcome(each, error=auditing.unrecorded(error)) for each in names)
    return tools.engine.destroy(names, recorder.ended)


def _work(stack: str, digest: str, told: Mapping[str, tuple[str, ...]]) -> Work:
    return Work(stack, digest, told.get(stack.partition(sides.TENANT)[2], ()))


def _handles(wanted: Iterable[Stack], tools: Tools) -> list[str]:
    return sorted({each for digest in _bundles(wanted) for each in tools.bundles.manifest(digest)["secrets"]})


def _make_sounds(changed: Iterable[Stack], tools: Tools, progress: Progress) -> None:
    """Makes what the stacks that change will send; the others' sounds lie on their nodes."""
    digests = sorted({each for digest in _bundles(changed) for each in tools.bundles.manifest(digest)["sounds"]})

    def tell(made: int, total: int) -> None:
        if made == total or made % 20 == 0:
            progress(Event(f"{made} of {total} sounds are there"))

    tools.sounds.make((tools.bundles.recipe(each) for each in digests), tell)


def _bundles(wanted: Iterable[Stack]) -> list[str]:
    """Digests of the bundles that the stacks name."""
    resources = [each for stack in wanted for each in stack.resources if each.kind is not Kind.TENANT_FILE]
    return [
        digest
        for each in resources
        for digest in ([str(each.inputs["bundle"])] if each.kind is Kind.PLATFORM_NODE else _digests(each.inputs))
    ]


def _digests(inputs: Mapping[str, Plain]) -> list[str]:
    """The bundles of a tenant's resource."""
    return [str(inputs[key]) for key in ("digest", "devices") if key in inputs]
