"""A core node of a lab, configured by our own roles, and small bundles to lay down on it.

The lab is these tests' own, so they may break and restart what they like. PBX_CORE_LAB names one that is to stay up.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from provisioner.adapters.ansible.runner import AnsiblePlaybooks
from provisioner.adapters.lab import Lab, catcher
from provisioner.core.artifacts import Bundle, Recipe, recipe_digest
from provisioner.core.deployment import Play
from provisioner.targets import pbx_notices
from provisioner.targets.asterisk import core_node, render
from provisioner.targets.asterisk.objects import AsteriskObject
from tests.running_lab import one_at_a_time

sys.path.insert(0, str(Path(__file__).parents[2] / "targets" / "asterisk"))


def write_bundle(bundle: Bundle, home: Path, below: str = "files") -> Path:
    for file in bundle.files:
        target = home / below / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text, encoding="utf-8")
    return home


@dataclasses.dataclass
class Core:
    """The core node under test."""

    lab: Lab
    folder: Path
    edge: str
    address: str

    def sh(self, command: str, machine: str = "core") -> str:
        done = self.lab.run(machine, ["sh", "-c", command])
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, command: str) -> str:
        return self.sh(f"asterisk -rx '{command}'")

    def play(self, playbook: str, **variables: object) -> int:
        """Tasks that changed something, over all hosts."""
        books = AnsiblePlaybooks(self.lab.inventory)
        results = books.run(Play(playbook, variables, seconds=120), lambda _: None)  # type: ignore[arg-type]
        return sum(each.changed for each in results)

    def configure(self, node: core_node.CorePlatform | None = None, patch: dict[str, str] | None = None) -> int:
        home = self.folder / "node"
        write_bundle(core_node.render(node or self.node), home, "files/asterisk")
        carrier = next(each for each in self.lab.status().machines if each.name == catcher.MACHINE)
        notices = pbx_notices.render("core", catcher.outlets(carrier.public_address or ""))
        write_bundle(Bundle("", "core", (notices,)), home)
        for name, text in (patch or {}).items():
            (home / "files/asterisk" / name).write_text(text)
        return self.play(
            "platform_node.yml", pbx_machine="core", pbx_roles=["asterisk", "notices"], pbx_bundle=str(home),
            pbx_digest="x", pbx_private_address=self.address,
        )  # fmt: skip

    @property
    def node(self) -> core_node.CorePlatform:
        return core_node.CorePlatform("core", self.address, (core_node.Edge("edge", self.edge),))

    def lay_down(self, slug: str, objects: list[AsteriskObject], patch: dict[str, str] | None = None) -> int:
        bundle = render(slug, objects)
        home = write_bundle(bundle, self.folder / "bundles" / slug)
        for name, text in (patch or {}).items():
            (home / "files" / name).write_text(text)
        return self.tenants([{"slug": slug, "digest": bundle.digest, "bundle": str(home)}], bundle.sounds)

    def take_away(self, slug: str) -> int:
        return self.tenants([{"slug": slug}], pbx_state="absent")

    def tenants(self, tenants: list[dict[str, str]], sounds: Iterable[Recipe] = (), **more: object) -> int:
        """How many tasks changed something when these tenants were laid down, or taken away."""
        for each in sounds:
            self.sound(each)
        folder = str(self.folder / "sounds")
        return self.play("tenant_core.yml", pbx_node="core", pbx_tenants=tenants, pbx_sounds=folder, **more)

    def sound(self, recipe: Recipe) -> Path:
        """A stand-in sound of the right name: what is heard is not the matter here."""
        path = self.folder / "sounds" / f"{recipe_digest(recipe)}.wav"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            subprocess.run(
                ["sox", "-n", "-r", "8000", "-c", "1", "-b", "16", str(path), "synth", "1", "sine", "440"], check=True
            )
        return path

    def running(self) -> dict[str, str]:
        """slug → content, as the daemon itself says."""
        found = {}
        for line in self.ask("dialplan show pbx.bundles").splitlines():
            if "' =>" in line:
                found[line.split("'")[1].replace("_", "-")] = line.partition("NoOp(")[2].partition(")")[0]
        return found

    def live(self) -> dict[str, str]:
        """slug → content, as the node's notes say."""
        notes = self.sh(
            "cd /etc/asterisk/pbx/live && for f in *.json; do [ -e $f ] && echo $f && cat $f && echo; done; :"
        )
        lines = notes.splitlines()
        return {
            name.removesuffix(".json"): json.loads(note)["content"]
            for name, note in zip(lines[::2], lines[1::2], strict=True)
        }


def content(bundle: Bundle) -> str:
    """The name under which the node knows a bundle's files."""
    total = hashlib.sha256()
    for file in sorted(bundle.files, key=lambda each: each.path):
        total.update(f"{file.path}\0{file.digest}\n".encode())
    return total.hexdigest()


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    kept = os.environ.get("PBX_CORE_LAB")
    own = Lab(kept or f"core-{uuid.uuid4().hex[:10]}")
    with one_at_a_time():
        own.up()
    yield own
    if not kept:
        own.down()


@pytest.fixture(scope="package")
def core(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Core:
    addresses = {each.name: each.private_address for each in lab.status().machines}
    node = Core(lab, tmp_path_factory.mktemp("core"), addresses["edge"], addresses["core"])
    with one_at_a_time():
        node.configure()
    return node
