"""What plan, apply, drift and destroy work with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.core.deployment import Event, Progress
from provisioner.core.errors import PbxError, SpecificationInvalid, UsageError
from provisioner.core.findings import nearest
from provisioner.core.site import Machine, Role, Site
from provisioner.environments import Environment, Kubernetes, Lab
from provisioner.provider import Provider

from . import sites
from .digests import pods_digest, roles_digest

if TYPE_CHECKING:
    from provisioner.adapters.audit import FileAuditLog
    from provisioner.adapters.cluster.api import Api
    from provisioner.adapters.gate import FolderGate
    from provisioner.adapters.pulumi.carry import Means
    from provisioner.adapters.pulumi.engine import PulumiEngine
    from provisioner.adapters.pulumi.session import Settings
    from provisioner.adapters.secrets.stored import Secrets
    from provisioner.adapters.sip.shell import Shell
    from provisioner.core.drift import Live
    from provisioner.core.ports.belongings import Belongings
    from provisioner.core.ports.revisions import Revisions
    from provisioner.core.ports.signatures import Signatures
    from provisioner.pipeline.deploy import Tools

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


def described_in(provider: Provider, environment: str) -> Environment:
    """The environment as the provider's file says it; raises UsageError with the nearest where it says none."""
    known = provider.environments
    if environment not in known:
        near = nearest(environment, known)
        hint = f"did you mean {near}?" if near else f"known are: {', '.join(known) or 'none'}"
        raise UsageError(f"no environment {environment!r} in provider.yaml", hint)
    return known[environment]


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

    @property
    def described(self) -> Environment:
        """The environment as provider.yaml has it; raises UsageError where it is not known."""
        return described_in(self.provider, self.environment)

    @cached_property
    def site(self) -> Site:
        """The environment's machines; raises UsageError where it is not known, PbxError where a lab is not up."""
        described = self.described
        if isinstance(described, Lab):
            return sites.of_lab(self.environment, self.lab or sites.lab_name(described), self.provider.trunks)
        if isinstance(described, Kubernetes):
            return self._cluster_site(described)
        return sites.of_hosts(self.environment, described)

    @cached_property
    def hidden(self) -> Path:
        """The folder of what `pbx` keeps beside the provider's files."""
        return self.folder.resolve() / ".pbx"

    @cached_property
    def secrets(self) -> Secrets:
        from provisioner.adapters.secrets import of_environment

        described = self.provider.environments.get(self.environment)
        is_trial = isinstance(described, Lab) or (isinstance(described, Kubernetes) and bool(described.telephones))
        return of_environment(self.folder / "secrets", self.environment, make_identity=is_trial)

    @property
    def edge_name(self) -> str:
        """Where telephones reach the platform: the edges' name, else the first one's public address."""
        return self.site.public_name or self.site.of(Role.EDGE)[0].public_address

    @property
    def video_name(self) -> str:
        """Where browsers reach video rooms: the edges' name, else the public address of the one that carries them."""
        node = self.provider.video.node if self.provider.video else ""
        there = next((each for each in self.site.of(Role.EDGE) if each.name == node), None)
        if there is None:
            raise UsageError(f"no edge of {self.environment} carries video", "name one in `video` of provider.yaml")
        return self.site.public_name or there.public_address

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
            pods_digest if self._clustered else roles_digest,
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

    def _cluster_live(self) -> Live:
        from provisioner.adapters.cluster.live import ClusterLive
        from provisioner.adapters.pulumi.clusters import identity_of
        from provisioner.core.deployment import platform_stack

        means, name = self.means(), platform_stack(self.environment)
        assert means.cluster is not None
        return ClusterLive(
            self.api,
            means.cluster,
            self.site,
            lambda digest, rows: identity_of(digest, rows, means),
            lambda: self.engine.astray(name),
        )

    def _engine_settings(self) -> Settings:
        from provisioner.adapters.pulumi.session import Settings

        backend = os.environ.get("PBX_STATE_URL") or f"file://{self.hidden / 'state'}"
        plugins = self._plugins if self._clustered else None
        return Settings(self.hidden, backend, self._passphrase, plugins=plugins, locks=self.locks, wait=self.wait)

    @property
    def _clustered(self) -> bool:
        return isinstance(self.provider.environments.get(self.environment), Kubernetes)

    def _plugins(self) -> Path:
        from provisioner.adapters.cluster import programs
        from provisioner.adapters.pulumi import cli

        def say(text: str) -> None:
            self.progress(Event(text))

        return programs.provider(cli.command(say), say)

    @cached_property
    def api(self) -> Api:
        """The cluster that the environment names; raises UsageError where the kubeconfig does not know it."""
        from provisioner.adapters.cluster.api import Api

        described = self.provider.environments[self.environment]
        assert isinstance(described, Kubernetes)
        return Api(described.context, described.namespace)

    def _cluster_site(self, described: Kubernetes) -> Site:
        from provisioner.adapters.cluster.needs import groups, rights

        site = sites.of_cluster(self.environment, described, self.provider.trunks)
        assert site.cluster is not None
        self.api.ready(groups(site.cluster), rights(site.cluster))
        return site

    def _passphrase(self) -> str:
        if given := os.environ.get("PULUMI_CONFIG_PASSPHRASE"):
            return given
        self.secrets.ensure({ENGINE_PASSPHRASE: _random})
        return self.secrets.get(ENGINE_PASSPHRASE)

    def means(self) -> Means:
        """What the engine's provider works with."""
        from provisioner.adapters import programs
        from provisioner.adapters.ansible.inventory import write
        from provisioner.adapters.ansible.runner import AnsiblePlaybooks
        from provisioner.adapters.bundles import BundleStore
        from provisioner.adapters.pulumi.carry import Means
        from provisioner.targets.asterisk import bundle as asterisk
        from provisioner.targets.asterisk import calendars, people, recordings
        from provisioner.targets.kamailio import rows
        from provisioner.targets.ldap import bundle as ldap

        playbooks = AnsiblePlaybooks(self.hidden if self._clustered else write(self.site, self.hidden / "inventory"))
        resolvers = {
            (rows.PRODUCT, rows.FILE): rows.with_ha1,
            (asterisk.PRODUCT, people.PATH): people.with_ha1,
            (ldap.PRODUCT, ldap.FILE): ldap.with_hashes,
            (asterisk.PRODUCT, calendars.PATH): calendars.with_secrets,
            (asterisk.PRODUCT, recordings.PATH): _with_recipient,
        }

        def brought(roles: tuple[str, ...]) -> dict[str, str]:
            return programs.variables(roles, lambda text: self.progress(Event(text)))

        means = Means(BundleStore(self.hidden), self.secrets, playbooks, resolvers, brought)
        if cluster := self.site.cluster:
            from provisioner.adapters.cluster.delivery import ClusterDelivery
            from provisioner.adapters.pulumi.clusters import content_of

            return replace(means, cluster=ClusterDelivery(self.api, content_of(means), cluster.drain_seconds))
        return means

    def belongings(self) -> Belongings:
        """What users of tenants have on the machines."""
        if self._clustered:
            from provisioner.adapters.cluster.belongings import ClusterBelongings

            return ClusterBelongings(self.api)
        from provisioner.adapters.live.belongings import MachinesBelongings
        from provisioner.targets.asterisk.recordings import secret

        cores = {each.name: self.shell_at(each) for each in self.site.of(Role.CORE)}
        carrier = self.provider.chat.node if self.provider.chat else ""
        chat = next((self.shell_at(each) for each in self.site.of(Role.EDGE) if each.name == carrier), None)
        return MachinesBelongings(
            cores, chat, lambda slug: self.secrets.get(secret(slug)), self.means().playbooks, self.progress
        )

    def shell_at(self, machine: Machine) -> Shell:
        """A shell on a machine, in a lab and on real hosts alike, or in a core's pod."""
        if self._clustered:
            from provisioner.adapters.cluster.shell import PodShell

            return PodShell(self.api.context, self.api.namespace, machine.name)
        from provisioner.adapters.sip.shell import Ssh

        config = self.site.ssh_config
        way = ["-F", config] if config else ["-p", str(machine.ssh_port), "-l", machine.ssh_user]
        return Ssh(machine.name, ["ssh", *way, machine.ssh_host or machine.name])

    def live(self) -> Live:
        """The machines, asked what is not as it was applied."""
        if self._clustered:
            return self._cluster_live()
        from provisioner.adapters.live.drift_view import AnsibleLive

        return AnsibleLive(self.means(), self.site, self.progress)


def _with_recipient(text: str, identity: Callable[[str], str]) -> str:
    from provisioner.adapters.secrets.sealing import recipient
    from provisioner.targets.asterisk import recordings

    return recordings.with_recipient(text, lambda handle: recipient(identity(handle)))


def _random() -> str:
    import secrets

    return secrets.token_urlsafe(32)
