"""What test calls, and the commands of the day, work with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.core.errors import PbxError, SpecificationInvalid, UsageError
from provisioner.core.site import Role
from provisioner.environments import Kubernetes, Lab

from . import sites
from .deployment import Deployment

if TYPE_CHECKING:
    from provisioner.adapters.lab import Lab as Machines
    from provisioner.adapters.sip.machine import Machine as AgentMachine
    from provisioner.adapters.sip.shell import Shell
    from provisioner.core.artifacts import Recipe
    from provisioner.core.ports.activities import Activities
    from provisioner.core.ports.bookings import Bookings
    from provisioner.core.ports.call_backs import CallBacks
    from provisioner.core.ports.call_events import CallEvents
    from provisioner.core.ports.call_log import CallLog
    from provisioner.core.ports.chat_storage import ChatStorage
    from provisioner.core.ports.conferences import Conferences
    from provisioner.core.ports.desks import Desks
    from provisioner.core.ports.fax import FaxMachine, Post
    from provisioner.core.ports.limits import Limits
    from provisioner.core.ports.platform import CoreView
    from provisioner.core.ports.prompts import RecordedPrompts
    from provisioner.core.ports.queues import QueueView
    from provisioner.core.ports.recordings import RecordedCalls
    from provisioner.core.ports.sip import SipAgents
    from provisioner.core.ports.switches import Switches
    from provisioner.pipeline.probing.cast import Surroundings
    from provisioner.pipeline.probing.performance import Bench
    from provisioner.pipeline.validate import Specification


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
        from provisioner.adapters.lab import topology
        from provisioner.adapters.sip.machine import Machine as AgentMachine

        slot = self.outside.status().slot or 0
        return {
            name: AgentMachine(
                self.shell_outside(name),
                topology.BY_NAME[name].private_address(slot),
                topology.BY_NAME[name].public_address(slot) or "",
            )
            for name in ("phones", "carrier")
        }

    @cached_property
    def outside(self) -> Machines:
        """The lab that telephones and the stand-in public network are in; raises PbxError where there is none."""
        from provisioner.adapters.lab import Lab as Machines

        environment = self.deployment.environment
        described = self.deployment.provider.environments.get(environment)
        if isinstance(described, Lab):
            return Machines(self.deployment.lab or sites.lab_name(described))
        if isinstance(described, Kubernetes) and described.telephones:
            return Machines(described.telephones)
        raise PbxError(
            f"the environment {environment} has no machines for test telephones",
            "verify in a lab: `pbx verify --env lab`",
        )

    def shell_outside(self, machine: str) -> Shell:
        from provisioner.adapters.sip.shell import Ssh

        return Ssh(machine, ["ssh", "-F", str(self.outside.ssh_config), machine])

    def shell(self, machine: str) -> Shell:
        from provisioner.adapters.sip.shell import Ssh

        config = self.deployment.site.ssh_config
        return Ssh(machine, ["ssh", *(["-F", config] if config else []), machine])

    @cached_property
    def shells_of_cores(self) -> dict[str, Shell]:
        return {each.name: self.deployment.shell_at(each) for each in self.deployment.site.of(Role.CORE)}

    def call_backs(self) -> CallBacks:
        from provisioner.adapters.live.call_backs import SshCallBacks

        return SshCallBacks(self.shell_of_home)

    def activities(self) -> Activities:
        from provisioner.adapters.live.activities import SshActivities

        return SshActivities(self.shell_of_home)

    def desks(self) -> Desks:
        from provisioner.adapters.live.desks import SshDesks

        return SshDesks(self.shell_of_home)

    def call_log(self) -> CallLog:
        from provisioner.adapters.live.call_log import SshCallLog

        return SshCallLog(self.shell_of_home)

    def chat_storage(self) -> ChatStorage:
        """Raises UsageError where no machine carries chat."""
        from provisioner.adapters.live.chat_storage import SshChatStorage

        chat = self.deployment.provider.chat
        if chat is None:
            raise UsageError("no machine carries chat", "name one: `chat: {node: …}` in provider.yaml")
        return SshChatStorage(self.shell(chat.node))

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

    def bookings(self) -> Bookings:
        from provisioner.adapters.live.bookings import SshBookings

        return SshBookings(self.shell_of_home)

    def conferences(self) -> Conferences:
        from provisioner.adapters.live.conferences import SshConferences

        return SshConferences(self.shell_of_home)

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

        return LabFaxMachine(self.shell_outside("carrier"), self.machines()["carrier"].address, self.edge, t38=t38)

    def post(self) -> Post:
        from provisioner.adapters.lab.post import LabPost

        return LabPost(self.outside.run)

    def bench(self, agents: SipAgents, specification: Specification) -> Bench:
        from provisioner.adapters.audio.measure import NumpyEar
        from provisioner.adapters.audio.speak import NumpyVoice
        from provisioner.pipeline.compile import lowered
        from provisioner.pipeline.probing.cast import Cast
        from provisioner.pipeline.probing.performance import Bench
        from provisioner.targets.asterisk import bundle
        from provisioner.targets.asterisk.objects import Sound

        def repertoire(slug: str) -> tuple[Recipe, ...]:
            objects = lowered(specification.tenants[slug], specification.scopes[slug], bundle.PRODUCT)
            return tuple(dict.fromkeys(each.recipe for each in objects if isinstance(each, Sound)))

        return Bench(
            cast=Cast(agents, self.surroundings(specification)),
            ear=NumpyEar(),
            voice=NumpyVoice(),
            core=self.core_view(),
            sounds=self.sound,
            repertoire=repertoire,
            fax=self.fax_machine(),
            post=self.post(),
        )
