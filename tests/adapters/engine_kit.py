"""A provider's folder for engine tests: trivial playbooks against this machine, without SSH and without the lab."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters.ansible.runner import AnsiblePlaybooks
from provisioner.adapters.bundles import BundleStore
from provisioner.adapters.pulumi.carry import Means
from provisioner.adapters.pulumi.engine import PulumiEngine
from provisioner.adapters.pulumi.session import Settings
from provisioner.adapters.secrets.age_file import AgeFile
from provisioner.adapters.secrets.stored import Secrets
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.deployment import Event, Kind, Op, Resource, Stack, tenant_stack

INVENTORY = """\
all:
  vars: {ansible_connection: local, ansible_python_interpreter: /usr/bin/python3}
  children:
    core: {hosts: {core: {}, core2: {}}}
    data: {hosts: {data: {}}}
    edge: {hosts: {edge: {}}}
"""

CORE = """\
- hosts: "{{ pbx_node }}"
  gather_facts: false
  tasks:
    - name: Wait where the test says so
      ansible.builtin.command: sleep {{ lookup('file', pbx_root + '/sleep') }}
      when: pbx_state == 'present' and (pbx_root + '/sleep') is exists
      changed_when: false
    - name: Fail where the test says so
      ansible.builtin.fail: {msg: "the daemon refused line 7"}
      when: (pbx_root + '/fail') is exists
    - name: Fail for the tenant that the test names
      ansible.builtin.fail: {msg: "the daemon refused {{ lookup('file', pbx_root + '/refused') }}"}
      loop: "{{ pbx_tenants }}"
      when: (pbx_root + '/refused') is exists and lookup('file', pbx_root + '/refused') == item.slug
    - name: Lay the bundle down
      ansible.builtin.copy:
        dest: "{{ pbx_root }}/hosts/{{ inventory_hostname }}-{{ item.slug }}"
        content: "{{ item.digest }}"
      loop: "{{ pbx_tenants }}"
      when: pbx_state == 'present'
    - name: Take the bundle away
      ansible.builtin.file: {path: "{{ pbx_root }}/hosts/{{ inventory_hostname }}-{{ item.slug }}", state: absent}
      loop: "{{ pbx_tenants }}"
      when: pbx_state == 'absent'
    - name: Note the order
      ansible.builtin.lineinfile:
        path: "{{ pbx_root }}/order"
        line: "{{ pbx_state }} core {{ pbx_tenants | map(attribute='slug') | sort | join(' ') }}"
        create: true
"""

EDGE = """\
- hosts: data[0]
  gather_facts: false
  vars: {rows: "{{ lookup('file', pbx_rows) | from_json }}"}
  tasks:
    - name: Write the rows
      ansible.builtin.copy:
        dest: "{{ pbx_root }}/hosts/data-{{ item.key }}"
        content: "{{ item.value | to_json }}"
        mode: "0600"
      loop: "{{ rows | dict2items }}"
      no_log: true
      when: item.value is not none
    - name: Remove the rows
      ansible.builtin.file: {path: "{{ pbx_root }}/hosts/data-{{ item.key }}", state: absent}
      loop: "{{ rows | dict2items }}"
      no_log: true
      when: item.value is none
    - name: Note the order
      ansible.builtin.lineinfile:
        path: "{{ pbx_root }}/order"
        line: "{{ 'present' if rows.values() | first else 'absent' }} edge {{ rows | sort | join(' ') }}"
        create: true
"""


def resolve(text: str, get: object) -> str:
    """Puts the password in place of its handle, as the edge's own resolver does with HA1."""
    row = json.loads(text)
    return json.dumps({**row, "secret": get(row["secret"])})  # type: ignore[operator]


@dataclass
class Kit:
    """A folder with its engine, and what was reported."""

    folder: Path
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        playbooks = self.folder / "playbooks"
        playbooks.mkdir(parents=True, exist_ok=True)
        (self.folder / "hosts").mkdir(exist_ok=True)
        inventory = INVENTORY.replace("/usr/bin/python3}", f"/usr/bin/python3, pbx_root: {self.folder}}}")
        for file, text in (
            (self.folder / "inventory.yml", inventory),
            (playbooks / "tenant_core.yml", CORE),
            (playbooks / "tenant_edge.yml", EDGE),
        ):
            if not file.exists():  # a run that is killed in its first moments must not leave half of one
                file.write_text(text, encoding="utf-8")
        self.bundles = BundleStore(self.folder / ".pbx")
        self.secrets = Secrets(
            AgeFile(self.folder / "secrets" / "lab.age", self.folder / "identity.txt", make_identity=True)
        )
        self.secrets.ensure({"pbx/engine-passphrase": lambda: "not-a-secret-of-anybody"})
        self.engine = PulumiEngine(self.settings(), lambda _: self.means(), self.events.append)

    def settings(self) -> Settings:
        state = self.folder / ".pbx" / "state"
        return Settings(self.folder / ".pbx", f"file://{state}", lambda: self.secrets.get("pbx/engine-passphrase"))

    def means(self) -> Means:
        playbooks = AnsiblePlaybooks(self.folder / "inventory.yml", self.folder / "playbooks")
        return Means(self.bundles, self.secrets, playbooks, {("kamailio", "rows.json"): resolve})

    def tenant(self, slug: str = "klinik", text: str = "one", node: str = "core", handle: str = "anna") -> Stack:
        """A tenant's stack with one line in its Asterisk bundle and one row for the edge."""
        dialplan = Bundle(slug, "asterisk", (TextFile("extensions.conf", (Line(text),)),))
        rows = Bundle(slug, "kamailio", (TextFile("rows.json", (Line(json.dumps({"secret": handle})),)),))
        self.bundles.put(dialplan)
        self.bundles.put(rows)
        self.secrets.ensure({handle: lambda: f"planted-{handle}-7Fq2"})
        core = Resource(Kind.CORE_BUNDLE, "core", {"slug": slug, "node": node, "digest": dialplan.digest})
        inputs = {"slug": slug, "core": node, "digest": rows.digest, "secrets": self.secrets.digest([handle])}
        return Stack(tenant_stack("lab", slug), (core, Resource(Kind.EDGE_ROWS, "edge", inputs, after=("core",))))

    def on_host(self, name: str) -> str:
        """What the playbook laid down; empty where nothing lies."""
        file = self.folder / "hosts" / name
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def order(self) -> list[str]:
        file = self.folder / "order"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def apply(kit: Kit, stack: Stack) -> list[tuple[Op, Kind, int]]:
    (outcome,) = kit.engine.apply([stack])
    assert outcome.error is None, outcome.error
    return [(each.step.op, each.step.kind, sum(host.changed for host in each.hosts)) for each in outcome.done]


def processes() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdigit() and (line := (each / "cmdline").read_bytes()):
                found[int(each.name)] = line.decode(errors="replace").rstrip("\0").split("\0")
        except OSError:
            continue
    return found
