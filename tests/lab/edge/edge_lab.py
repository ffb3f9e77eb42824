"""What the edge's tests do to their lab: apply nodes, write rows, stand on its machines."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters.ansible.runner import AnsiblePlaybooks
from provisioner.adapters.lab import Lab
from provisioner.core import lights, secrets
from provisioner.core.artifacts import Bundle
from provisioner.core.deployment import Event, HostResult, Play
from provisioner.core.refs import Ref
from provisioner.pipeline import nodes
from provisioner.targets.kamailio import rows
from provisioner.targets.kamailio.objects import Domain, Light, Number, Object, Subscriber, Tenant, username

sys.path.insert(0, str(Path(__file__).parents[2] / "targets" / "kamailio"))

import edge_platform
from raw_sip import Agent

SECRETS = {"platform/kamailio/database-password": "lab-database", "platform/kamailio/topology-key": "lab-topology"}


def quiet(_: Event) -> None:
    """Takes progress, and shows none."""


def password(handle: str) -> str:
    return "pw-" + handle.replace("/", "-")


def tenant(slug: str, block: str) -> list[Object]:
    """Users anna (101; desk and mobile) and bertil (102; desk); five numbers from `block`; the lights of two switches
    and of anna's seat in a queue."""
    domain = f"{slug}.example"
    objects: list[Object] = [Tenant(slug, "core", f"{block}00"), Domain(domain, slug)]
    objects += [Number(f"{block}{index:02}", slug) for index in range(5)]
    for user, extension, devices in (("anna", "101", ("desk", "mobile")), ("bertil", "102", ("desk",))):
        for device in devices:
            account = username(user, device)
            objects.append(Subscriber(account, domain, slug, user, device, f"{slug}/{account}", extension))
    for dialled, name in (("*28", "office"), ("#28", "child-care")):
        objects.append(Light(dialled, lights.of_switch(slug, name)[0], slug))
    objects.append(Light("*22910*101", lights.of_member(slug, Ref("queue", "child-care"), "anna"), slug))
    return objects


@dataclass
class Platform:
    """The lab's machines and how to change them."""

    lab: Lab
    folder: Path
    agents: list[Agent] = field(default_factory=list)
    world: str = ""

    @property
    def slot(self) -> int:
        slot = self.lab.status().slot
        assert slot is not None
        return slot

    def play(self, play: Play) -> dict[str, HostResult]:
        return {result.host: result for result in AnsiblePlaybooks(self.lab.inventory).run(play, quiet)}

    def node(self, machine: str, roles: list[str], bundle: Bundle | None = None) -> int:
        """How many tasks changed something when a node was applied."""
        variables: dict[str, object] = {
            "pbx_machine": machine,
            "pbx_roles": roles,
            "pbx_management_networks": [f"198.18.{self.slot}.0/24"],
        }
        overlay = {}
        if bundle:
            folder = self.folder / bundle.digest
            for file in bundle.files:
                path = folder / "files" / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(file.text)
            variables["pbx_bundle"] = str(folder)
            secret = nodes.secret_files(bundle)
            overlay = {
                file.path: secrets.fill(file.text, SECRETS.__getitem__) for file in bundle.files if file.path in secret
            }
        return self.play(Play("platform_node.yml", variables, overlay=overlay))[machine].changed

    def edge(self) -> int:
        facts = edge_platform.edge(f"198.18.{self.slot}", f"198.19.{self.slot}")
        return self.node("edge", ["base", "rtpengine", "kamailio", "ldap", "web"], nodes.edge(facts))

    def data(self) -> int:
        return self.node("data", ["base", "postgres"], nodes.data())

    def rows(self, slug: str, objects: list[Object] | None) -> dict[str, int]:
        """Writes a tenant's rows, or takes them away; how many tasks changed something, by host."""
        return {host: result.changed for host, result in self.several({slug: objects}).items()}

    def several(self, tenants: dict[str, list[Object] | None]) -> dict[str, HostResult]:
        """The same of several tenants, by one play."""
        wanted = {
            slug: None if objects is None else rows.with_ha1(rows.write(slug, objects).text, password)
            for slug, objects in tenants.items()
        }
        return self.play(Play("tenant_edge.yml", {}, secret_files={"pbx_rows": json.dumps(wanted)}))

    def run(self, machine: str, *command: str) -> str:
        done = self.lab.run(machine, command)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def agent(self, machine: str, port: int, number: int = 0) -> Agent:
        """A socket on a machine, on the network that the edge meets it by; `number` is the last of its address."""
        private = machine == "core"
        network = f"198.{18 if private else 19}.{self.slot}"
        number = number or {"core": 30, "carrier": 40, "phones": 50}[machine]
        made = Agent(self.lab.namespace(machine), f"{network}.{number}", port, (f"{network}.20", 5060), self.world)
        self.agents.append(made)
        return made

    def forgive(self) -> None:
        """Forgets failures, bans and registrations."""
        for table in ("failures", "banned"):
            self.run("edge", "kamcmd", "htable.flush", table)
        for user in ("anna", "bertil"):
            self.lab.run("edge", ["kamcmd", "ul.rm", "location", f"{user}@klinik.example"])
