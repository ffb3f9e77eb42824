"""The one place where ports meet adapters: every command asks here for its tools."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.core.deployment import Event, Progress
from provisioner.core.errors import PbxError, SpecificationInvalid, UsageError
from provisioner.core.findings import nearest
from provisioner.core.site import Machine, Role, Site
from provisioner.provider import Hosts, Lab, Provider

if TYPE_CHECKING:
    from provisioner.adapters.audit import FileAuditLog
    from provisioner.adapters.gate import FolderGate
    from provisioner.adapters.pulumi.carry import Means
    from provisioner.adapters.pulumi.engine import PulumiEngine
    from provisioner.adapters.pulumi.session import Settings
    from provisioner.adapters.secrets.age_file import AgeSecrets
    from provisioner.adapters.sip.machine import Machine as AgentMachine
    from provisioner.adapters.sip.shell import Shell
    from provisioner.core.artifacts import Recipe
    from provisioner.core.drift import Live
    from provisioner.core.ports.activities import Activities
    from provisioner.core.ports.belongings import Belongings
    from provisioner.core.ports.call_backs import CallBacks
    from provisioner.core.ports.call_events import CallEvents
    from provisioner.core.ports.call_log import CallLog
    from provisioner.core.ports.fax import FaxMachine, Post
    from provisioner.core.ports.limits import Limits
    from provisioner.core.ports.platform import CoreView
    from provisioner.core.ports.prompts import RecordedPrompts
    from provisioner.core.ports.queues import QueueView
    from provisioner.core.ports.recordings import RecordedCalls
    from provisioner.core.ports.revisions import Revisions
    from provisioner.core.ports.signatures import Signatures
    from provisioner.core.ports.sip import SipAgents
    from provisioner.core.ports.switches import Switches
    from provisioner.pipeline.deploy import Tools
    from provisioner.pipeline.probing.cast import Surroundings
    from provisioner.pipeline.probing.performance import Bench
    from provisioner.pipeline.validate import Specification

ENGINE_PASSPHRASE = "pbx/engine-passphrase"


def signatures() -> Signatures:
    from provisioner.adapters.signing import SshSignatures

    return SshSignatures()


def provider(folder: Path) -> Provider:
    """The provider's file; raises SpecificationInvalid where it cannot be understood."""
    from provisioner.pipeline import load, validate

    model, findings = validate.provider(load.platform(folder).provider)
    if model is None:
        raise SpecificationInvalid(findings)
    return model


def history_of(folder: Path) -> Revisions:
    """The history of a provider's folder."""
    from provisioner.adapters.git import GitRevisions

    return GitRevisions(folder)


@dataclass(frozen=True)
class Deployment:
    """Everything that plan, apply and destroy of one environment work with. `folder` is the provider's."""

    folder: Path
    environment: str
    progress: Progress
    lab: str = ""
    """The lab to work in, where it is not the one that the environment or PBX_LAB names."""
    wait: int = 0
    """Seconds to wait for somebody else who applies."""

    @cached_property
    def provider(self) -> Provider:
        return provider(self.folder)

    @cached_property
    def site(self) -> Site:
        """The environment's machines; raises UsageError where it is not known, PbxError where a lab is not up."""
        known = self.provider.environments
        if self.environment not in known:
            near = nearest(self.environment, known)
            hint = f"did you mean {near}?" if near else f"known are: {', '.join(known) or 'none'}"
            raise UsageError(f"no environment {self.environment!r} in provider.yaml", hint)
        described = known[self.environment]
        if isinstance(described, Lab):
            return _lab(self.environment, self.lab or lab_name(described), self.provider.trunks)
        return _hosts(self.environment, described)

    @cached_property
    def hidden(self) -> Path:
        """The folder of what `pbx` keeps beside the provider's files."""
        return self.folder.resolve() / ".pbx"

    @cached_property
    def secrets(self) -> AgeSecrets:
        from provisioner.adapters.secrets.age_file import AgeSecrets

        is_lab = isinstance(self.provider.environments.get(self.environment), Lab)
        return AgeSecrets(self.folder / "secrets" / f"{self.environment}.age", make_identity=is_lab)

    @property
    def edge_name(self) -> str:
        """Where telephones reach the platform: the edges' name, else the first one's public address."""
        return self.site.public_name or self.site.of(Role.EDGE)[0].public_address

    def secret_of_device(self, handle: str) -> str:
        """A password or link, which the first apply makes."""
        try:
            return self.secrets.get(handle)
        except PbxError as error:
            remedy = f"run `pbx apply --env {self.environment}`: it makes new passwords"
            raise PbxError(error.message, remedy) from error

    @cached_property
    def tools(self) -> Tools:
        from provisioner.adapters.audit import origin
        from provisioner.adapters.builds import BuildMemory
        from provisioner.adapters.bundles import BundleStore
        from provisioner.adapters.git import GitCommits
        from provisioner.adapters.sounds.maker import LocalSoundMaker
        from provisioner.pipeline.deploy import Tools

        store = BundleStore(self.hidden)
        return Tools(
            self.engine,
            self.secrets,
            store,
            LocalSoundMaker(self.folder, self.hidden / "sounds"),
            roles_digest,
            self.audit,
            lambda: origin(self.folder),
            GitCommits(self.folder),
            self.gate,
            BuildMemory(self.hidden, store.kept),
        )

    @cached_property
    def engine(self) -> PulumiEngine:
        from provisioner.adapters.pulumi.engine import PulumiEngine

        return PulumiEngine(self._engine_settings(), lambda _: self.means(), self.progress)

    @cached_property
    def gate(self) -> FolderGate:
        from provisioner.adapters.audit import origin
        from provisioner.adapters.gate import FolderGate

        return FolderGate(self.locks, lambda: origin(self.folder), self.progress, self.wait)

    @property
    def locks(self) -> Path:
        """The folder of locks: beside the state where that is a folder, so that all who share it meet there."""
        from provisioner.adapters.pulumi.state import local_folder

        return (local_folder(os.environ.get("PBX_STATE_URL") or self.hidden.as_uri()) or self.hidden) / "locks"

    @cached_property
    def audit(self) -> FileAuditLog:
        """The record of applies: beside the state where that is a folder, else where PBX_AUDIT_URL says."""
        from provisioner.adapters.audit import FileAuditLog
        from provisioner.adapters.pulumi.state import local_folder

        named, state = os.environ.get("PBX_AUDIT_URL"), os.environ.get("PBX_STATE_URL")
        folder = local_folder(named or state or self.hidden.as_uri())
        if named and folder is None:
            raise UsageError(f"PBX_AUDIT_URL is {named}", "name a folder that lasts, as file:///srv/pbx")
        if folder is None:
            folder = self.hidden
            told = f"the record of applies stays on this machine, in {folder}: name a lasting folder in PBX_AUDIT_URL"
            self.progress(Event(told))
        return FileAuditLog(folder / "audit" / f"{self.environment}.jsonl")

    def _engine_settings(self) -> Settings:
        from provisioner.adapters.pulumi.session import Settings

        backend = os.environ.get("PBX_STATE_URL") or f"file://{self.hidden / 'state'}"
        return Settings(self.hidden, backend, self._passphrase, locks=self.locks, wait=self.wait)

    def _passphrase(self) -> str:
        if given := os.environ.get("PULUMI_CONFIG_PASSPHRASE"):
            return given
        self.secrets.ensure({ENGINE_PASSPHRASE: _random})
        return self.secrets.get(ENGINE_PASSPHRASE)

    def means(self) -> Means:
        """What the engine's provider works with."""
        from provisioner.adapters.ansible.inventory import write
        from provisioner.adapters.ansible.runner import AnsiblePlaybooks
        from provisioner.adapters.bundles import BundleStore
        from provisioner.adapters.pulumi.carry import Means
        from provisioner.targets.asterisk import bundle as asterisk
        from provisioner.targets.asterisk import calendars, people, recordings
        from provisioner.targets.kamailio import rows
        from provisioner.targets.ldap import bundle as ldap

        playbooks = AnsiblePlaybooks(write(self.site, self.hidden / "inventory"))
        resolvers = {
            (rows.PRODUCT, rows.FILE): rows.with_ha1,
            (asterisk.PRODUCT, people.PATH): people.with_ha1,
            (ldap.PRODUCT, ldap.FILE): ldap.with_hashes,
            (asterisk.PRODUCT, calendars.PATH): calendars.with_secrets,
            (asterisk.PRODUCT, recordings.PATH): _with_recipient,
        }
        return Means(BundleStore(self.hidden), self.secrets, playbooks, resolvers)

    def belongings(self) -> Belongings:
        """What users of tenants have on the machines."""
        from provisioner.adapters.live.belongings import MachinesBelongings
        from provisioner.targets.asterisk.recordings import secret

        cores = {each.name: self.shell_at(each) for each in self.site.of(Role.CORE)}
        return MachinesBelongings(
            cores, lambda slug: self.secrets.get(secret(slug)), self.means().playbooks, self.progress
        )

    def shell_at(self, machine: Machine) -> Shell:
        """A shell on a machine, in a lab and on real hosts alike."""
        from provisioner.adapters.sip.shell import Ssh

        config = self.site.ssh_config
        way = ["-F", config] if config else ["-p", str(machine.ssh_port), "-l", machine.ssh_user]
        return Ssh(machine.name, ["ssh", *way, machine.ssh_host or machine.name])

    def live(self) -> Live:
        """The machines, asked what is not as it was applied."""
        from provisioner.adapters.live.drift_view import AnsibleLive

        return AnsibleLive(self.means(), self.site, self.progress)


def _with_recipient(text: str, identity: Callable[[str], str]) -> str:
    from provisioner.adapters.secrets.sealing import recipient
    from provisioner.targets.asterisk import recordings

    return recordings.with_recipient(text, lambda handle: recipient(identity(handle)))


def _random() -> str:
    import secrets

    return secrets.token_urlsafe(32)


def lab_name(described: Lab) -> str:
    return os.environ.get("PBX_LAB") or described.lab


def _lab(environment: str, name: str, trunks: Iterable[str]) -> Site:
    from provisioner.adapters.lab import Lab as Machines
    from provisioner.adapters.lab import catcher, topology

    status = Machines(name).status()
    if status.slot is None:
        raise PbxError(f"the lab {name} is not up", f"run `pbx lab up --name {name}`")
    slot = status.slot
    machines = [
        Machine(
            role.value,
            role,
            spec.private_address(slot),
            spec.public_address(slot) or "",
            role.value,
            installation=status.generation,
        )
        for role in Role
        if (spec := topology.BY_NAME[role.value])
    ]
    carrier = topology.BY_NAME["carrier"].public_address(slot) or ""
    return Site(
        environment,
        tuple(machines),
        (f"198.18.{slot}.0/24",),
        trunk_addresses=dict.fromkeys(trunks, carrier),  # no trunk of a lab may lead to a real carrier
        outlets=catcher.outlets(carrier),  # nor any notice to a real mailbox or telephone
        ssh_config=str(status.ssh_config),
    )


def _hosts(environment: str, described: Hosts) -> Site:
    machines = [
        Machine(
            name,
            Role(node.role),
            str(node.address),
            str(node.public_address or ""),
            node.ssh or str(node.address),
            node.ssh_port,
            node.ssh_user,
        )
        for name, node in described.nodes.items()
    ]
    return Site(
        environment,
        tuple(machines),
        tuple(described.management_networks),
        described.public_name or "",
        dict(described.trunk_addresses),
    )


def roles_digest(roles: tuple[str, ...]) -> str:
    """Names the content of Ansible roles and of those that they depend on."""
    from provisioner.adapters import assets

    base = assets.folder("roles")
    total = hashlib.sha256()
    for role in (*roles, *(each.name for each in sorted(base.glob("*_common")))):
        for file in sorted(each for each in (base / role).rglob("*") if each.is_file() and each.suffix != ".pyc"):
            total.update(f"{file.relative_to(base)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


@dataclass(frozen=True)
class Verification:
    """Everything that `pbx verify` and test calls of one environment work with."""

    deployment: Deployment

    def specification(self, only: frozenset[str] = frozenset()) -> Specification:
        """The folder, valid; raises SpecificationInvalid."""
        from provisioner.pipeline.load import load
        from provisioner.pipeline.validate import validate

        found = validate(load(self.deployment.folder, only))
        if not found.valid:
            raise SpecificationInvalid(found.findings)
        return found

    def machines(self) -> dict[str, AgentMachine]:
        """Where test telephones and the stand-in public network run. Only a lab has such machines."""
        from provisioner.adapters.lab import Lab as Machines
        from provisioner.adapters.lab import topology
        from provisioner.adapters.sip.machine import Machine as AgentMachine

        described = self.deployment.provider.environments.get(self.deployment.environment)
        if not isinstance(described, Lab):
            raise PbxError(
                f"the environment {self.deployment.environment} has no machines for test telephones",
                "verify in a lab: `pbx verify --env lab`",
            )
        slot = Machines(self.deployment.lab or lab_name(described)).status().slot or 0
        return {
            name: AgentMachine(
                self.shell(name),
                topology.BY_NAME[name].private_address(slot),
                topology.BY_NAME[name].public_address(slot) or "",
            )
            for name in ("phones", "carrier")
        }

    def shell(self, machine: str) -> Shell:
        from provisioner.adapters.sip.shell import Ssh

        config = self.deployment.site.ssh_config
        return Ssh(machine, ["ssh", *(["-F", config] if config else []), machine])

    @cached_property
    def shells_of_cores(self) -> dict[str, Shell]:
        return {each.name: self.shell(each.name) for each in self.deployment.site.of(Role.CORE)}

    def call_backs(self) -> CallBacks:
        from provisioner.adapters.live.call_backs import SshCallBacks

        return SshCallBacks(self.shell_of_home)

    def activities(self) -> Activities:
        from provisioner.adapters.live.activities import SshActivities

        return SshActivities(self.shell_of_home)

    def call_log(self) -> CallLog:
        from provisioner.adapters.live.call_log import SshCallLog

        return SshCallLog(self.shell_of_home)

    def limits(self) -> Limits:
        from provisioner.adapters.live.limits import SshLimits

        return SshLimits(self.shell_of_home)

    def call_events(self) -> CallEvents:
        from provisioner.adapters.live.call_events import SshCallEvents

        return SshCallEvents(self.shell_of_home)

    def switches(self) -> Switches:
        from provisioner.adapters.live.switches import SshSwitches

        return SshSwitches(self.shell_of_home)

    def recorded_prompts(self) -> RecordedPrompts:
        from provisioner.adapters.live.recorded_prompts import SshRecordedPrompts

        return SshRecordedPrompts(self.shell_of_home)

    def recorded_calls(self) -> RecordedCalls:
        from provisioner.adapters.live.recorded_calls import SshRecordedCalls

        return SshRecordedCalls(self.shell_of_home, self._key)

    def _key(self, tenant: str) -> str:
        from provisioner.targets.asterisk.recordings import secret

        return self.deployment.secrets.get(secret(tenant))

    def shell_of_home(self, tenant: str) -> Shell:
        """A shell on the core node of a tenant, in a lab and on real hosts alike."""
        home = self.deployment.provider.placement.home(tenant)
        return self.deployment.shell_at(next(each for each in self.deployment.site.of(Role.CORE) if each.name == home))

    def core_view(self) -> CoreView:
        from provisioner.adapters.live.core_view import SshCoreView

        home = self.deployment.provider.placement.home
        return SshCoreView(lambda tenant: self.shells_of_cores[home(tenant)])

    def queue_view(self) -> QueueView:
        from provisioner.adapters.live.queue_view import SshQueueView

        return SshQueueView(self.shell_of_home)

    def surroundings(self, specification: Specification) -> Surroundings:
        """The telephones of all tenants with their passwords, and where they register."""
        from provisioner.features.users.devices import DeviceKind
        from provisioner.pipeline.compile import lowered
        from provisioner.pipeline.probing.cast import PhoneAccount, Surroundings
        from provisioner.targets.kamailio import rows
        from provisioner.targets.kamailio.objects import Subscriber

        accounts = [
            PhoneAccount(
                each.tenant,
                each.user,
                each.device,
                each.username,
                each.domain,
                self.deployment.secret_of_device(each.secret),
                secure=each.kind == DeviceKind.SOFTPHONE,
            )
            for slug, tenant in specification.tenants.items()
            for each in lowered(tenant, specification.scopes[slug], rows.PRODUCT)
            if isinstance(each, Subscriber)
        ]
        trunks = self.deployment.provider.trunks.values()
        return Surroundings(
            edge=self.edge,
            accounts=tuple(accounts),
            trunk_port=next((each.port for each in trunks if not each.emergency), 5060),
            emergency_port=next((each.port for each in trunks if each.emergency), 5060),
        )

    @property
    def edge(self) -> str:
        return self.deployment.site.of(Role.EDGE)[0].public_address

    async def sound(self, recipe: Recipe) -> bytes:
        import asyncio

        from provisioner.adapters.sounds.maker import LocalSoundMaker
        from provisioner.core.artifacts import Lived

        if isinstance(recipe, Lived):
            return await self.recorded_prompts().heard(recipe)
        maker = LocalSoundMaker(self.deployment.folder, self.deployment.hidden / "sounds")
        (path,) = (await asyncio.to_thread(maker.make, [recipe])).values()
        return Path(path).read_bytes()

    def agents(self) -> SipAgents:
        from provisioner.adapters.audio.speak import NumpyVoice
        from provisioner.adapters.sip.agents import BaresipAgents

        return BaresipAgents(self.machines(), NumpyVoice())

    def fax_machine(self, *, t38: bool = False) -> FaxMachine:
        from provisioner.adapters.sip.fax import LabFaxMachine

        return LabFaxMachine(self.shell("carrier"), self.machines()["carrier"].address, self.edge, t38=t38)

    def post(self) -> Post:
        from provisioner.adapters.lab import Lab as Machines
        from provisioner.adapters.lab.post import LabPost

        described = self.deployment.provider.environments[self.deployment.environment]
        assert isinstance(described, Lab)
        return LabPost(Machines(self.deployment.lab or lab_name(described)).run)

    def bench(self, agents: SipAgents, specification: Specification) -> Bench:
        from provisioner.adapters.audio.measure import NumpyEar
        from provisioner.adapters.audio.speak import NumpyVoice
        from provisioner.pipeline.probing.cast import Cast
        from provisioner.pipeline.probing.performance import Bench

        return Bench(
            cast=Cast(agents, self.surroundings(specification)),
            ear=NumpyEar(),
            voice=NumpyVoice(),
            core=self.core_view(),
            sounds=self.sound,
            fax=self.fax_machine(),
            post=self.post(),
        )
