"""What plan, apply, drift and destroy work with."""

from __future__ import annotations

import hashlib
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
from provisioner.environments import Kubernetes, Lab
from provisioner.provider import Provider

from . import sites

if TYPE_CHECKING:
    from provisioner.adapters.audit import FileAuditLog
    from provisioner.adapters.cluster.api import Api
    from provisioner.adapters.gate import FolderGate
    from provisioner.adapters.pulumi.carry import Means
    from provisioner.adapters.pulumi.engine import PulumiEngine
    from provisioner.adapters.pulumi.session import Settings
    from provisioner.adapters.secrets.age_file import AgeSecrets
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
            return sites.of_lab(self.environment, self.lab or sites.lab_name(described), self.provider.trunks)
        if isinstance(described, Kubernetes):
            return self._cluster_site(described)
        return sites.of_hosts(self.environment, described)

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

        site = sites.of_cluster(self.environment, described)
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
        means = Means(BundleStore(self.hidden), self.secrets, playbooks, resolvers)
        if cluster := self.site.cluster:
            from provisioner.adapters.cluster.delivery import ClusterDelivery
            from provisioner.adapters.pulumi.clusters import content_of

            return replace(means, cluster=ClusterDelivery(self.api, content_of(means), cluster.drain_seconds))
        return means

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


def pods_digest(roles: tuple[str, ...]) -> str:
    """Names what makes a node's pods: the components, and what runs in pods beside the daemons."""
    from provisioner.adapters.cluster import pods

    return hashlib.sha256(f"{pods.digest(pods.programs())} {' '.join(roles)}".encode()).hexdigest()


def roles_digest(roles: tuple[str, ...]) -> str:
    """Names the content of Ansible roles and of those that they depend on."""
    from provisioner.adapters import assets

    base = assets.folder("roles")
    total = hashlib.sha256()
    for role in (*roles, *(each.name for each in sorted(base.glob("*_common")))):
        for file in sorted(each for each in (base / role).rglob("*") if each.is_file() and each.suffix != ".pyc"):
            total.update(f"{file.relative_to(base)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
