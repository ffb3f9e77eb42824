"""A tenant under another name, by the real engine and real Ansible: what comes first, and a run that is cut off."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from provisioner.adapters.ansible.runner import AnsiblePlaybooks
from provisioner.adapters.pulumi.carry import Means
from provisioner.adapters.pulumi.engine import PulumiEngine
from provisioner.core.artifacts import Makeable, recipe_digest
from provisioner.core.ports.sounds import Made
from provisioner.pipeline import deploy, moving, moving_tenant
from tests.adapters.engine_kit import Kit
from tests.pipeline.house import FakeSounds, House
from tests.pipeline.test_deploy import EXAMPLES

pytestmark = pytest.mark.engine

TENANT = "kiosken"
PLATFORM = """\
- hosts: "{{ pbx_machine }}"
  gather_facts: false
  tasks: [{name: Nothing, ansible.builtin.command: "true", changed_when: false}]
"""


class Silent(FakeSounds):
    """Nothing is heard here, but it is there."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def make(self, recipes: Iterable[Makeable], progress: Made | None = None) -> Mapping[str, str]:
        recipes = list(recipes)
        self.folder.mkdir(parents=True, exist_ok=True)
        for each in recipes:
            (self.folder / f"{recipe_digest(each)}.wav").touch()
        return super().make(recipes, progress)


def test_the_new_name_is_live_before_the_old_one_goes_and_a_repeat_ends_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(
        EXAMPLES, folder, ignore=shutil.ignore_patterns(".pbx", "secrets", "nordverk.yaml", "solglantan.yaml")
    )
    kit, house = Kit(folder), House(folder)
    (folder / "playbooks/platform_node.yml").write_text(PLATFORM, encoding="utf-8")
    house.sounds = Silent(house.tools.bundles.sounds_folder)
    playbooks = AnsiblePlaybooks(folder / "inventory.yml", folder / "playbooks")
    means = Means(house.tools.bundles, house.secrets, playbooks)
    house.engine = engine = PulumiEngine(kit.settings(), lambda _: means, kit.events.append)  # type: ignore[assignment]
    assert not [each.error for each in house.apply() if each.error]
    assert kit.order() == [f"present core {TENANT}", f"present edge {TENANT}"]
    (folder / "order").unlink()

    moving.write(folder, moving_tenant.move(folder, TENANT, "nova"))
    first, *_ = (each.text for words in house.plan().words for each in words.sentences)
    assert first.startswith(f"renamed tenant {TENANT} → nova; ")
    (folder / "refused").write_text("nova")
    assert [each.stack for each in house.apply() if each.error] == ["lab.tenant.nova"]
    assert kit.on_host(f"core-{TENANT}"), "until the new name is live the old one stays"
    (folder / "refused").unlink()

    # As a run leaves it that is killed when the new name is live.
    prepared = house.prepare()
    assert not [each.error for each in engine.apply(deploy.stacks(prepared, house.tools)) if each.error]
    assert deploy.gone(prepared, engine) == (f"lab.tenant.{TENANT}",)
    assert not [each.error for each in house.apply() if each.error]
    assert kit.order() == ["present core nova", "present edge nova", f"absent edge {TENANT}", f"absent core {TENANT}"]
    assert (kit.on_host(f"core-{TENANT}"), kit.on_host(f"data-{TENANT}")) == ("", "")
    assert engine.stacks() == ("lab.platform", "lab.tenant.nova")
    assert all(each.skipped for each in house.apply())
