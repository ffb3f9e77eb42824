"""`pbx apply` on the lab's machines, by the real engine and the real roles: once, again, and after a kill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.pulumi.carry import carry_out
from provisioner.pipeline import deploy
from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "solglantan"
EVERY = re.compile(r"every: ([0-9]+)s")


@pytest.fixture
def lengthened(examples: ProviderFolder) -> Iterator[int]:
    """Seconds, one more than the example's, between two announcements of the clinic's queue; not applied yet."""
    found = EVERY.search(examples.tenant(TENANT).read_text(encoding="utf-8"))
    assert found
    seconds = int(found[1]) + 1
    with examples.changed(TENANT, {found[0]: f"every: {seconds}s"}):
        yield seconds


def changed_by_a_further_run(folder: ProviderFolder, only: str = "") -> dict[str, list[str]]:
    """`stack/resource` → which tasks change something when its playbook is simply run again."""
    deployment = folder.deployment()
    prepared = deploy.prepare(folder.path, deployment.provider, lambda: deployment.site, deployment.tools)
    means = deployment.means()
    changed: dict[str, list[str]] = {}
    for stack in deploy.stacks(prepared, deployment.tools):
        for each in stack.resources if only in stack.name else ():
            if play := carry_out(each.kind, each.inputs, means, present=True):
                results = means.playbooks.run(play, lambda _: None)
                changed[f"{stack.name}/{each.name}"] = [
                    f"{host.host}: {task}" for host in results for task in host.tasks
                ]
                assert sum(host.changed for host in results) == len(changed[f"{stack.name}/{each.name}"])
    return changed


def test_a_second_apply_changes_nothing_on_any_machine(examples: ProviderFolder) -> None:
    assert set(examples.apply().values()) == {"unchanged"}
    assert examples.document("plan")["changes"] == 0
    changed = changed_by_a_further_run(examples)
    assert len(changed) == 9
    assert not any(changed.values()), changed


def test_a_lab_is_told_from_an_earlier_one_of_its_name(examples: ProviderFolder) -> None:
    generation = examples.lab.status().generation
    assert generation
    assert {each.installation for each in examples.deployment().site.machines} == {generation}
    for name in ("lab.platform", "lab.tenant.kiosken"):
        recorded = examples.deployment().tools.engine.outputs(name)
        assert all(generation in str(facts["installation"]) for key, facts in recorded.items() if key != "file"), name


def test_one_change_touches_one_tenant(examples: ProviderFolder, lengthened: int) -> None:
    results = examples.apply()
    assert {stack for stack, result in results.items() if result == "applied"} == {f"lab.tenant.{TENANT}"}
    queues = examples.run("core", f"cat /etc/asterisk/pbx/tenants/{TENANT}/queues.conf")
    assert f"periodic-announce-frequency={lengthened}" in queues.replace(" ", "")


@pytest.mark.usefixtures("lengthened")
@pytest.mark.parametrize("moment", ["update CoreBundle core", "Bundle, checked by Asterisk"])
def test_killed_and_repeated_ends_as_undisturbed(examples: ProviderFolder, moment: str) -> None:
    before = examples.held(TENANT)
    examples.kill_at(moment, "apply", "--yes")

    assert examples.apply()[f"lab.tenant.{TENANT}"] == "applied"
    assert set(examples.apply().values()) == {"unchanged"}
    changed = changed_by_a_further_run(examples, f"tenant.{TENANT}")
    assert changed == {f"lab.tenant.{TENANT}/core": [], f"lab.tenant.{TENANT}/edge": []}
    after = examples.held(TENANT)
    assert (after["rows"], after["dialplan"]) == (before["rows"], before["dialplan"])
    differing = {line.split()[1] for line in set(after["files"]) ^ set(before["files"])}
    assert differing == {"./extensions.conf", "./queues.conf"}


def test_no_secret_stands_in_what_is_kept(examples: ProviderFolder) -> None:
    """What a failed run keeps is looked at in test_trouble.py."""
    assert secrets_kept(examples) == []


def secrets_kept(examples: ProviderFolder) -> list[tuple[str, Path]]:
    """Secrets that stand in what `pbx` keeps beside the provider's files, each with the file."""
    values = examples.deployment().secrets._keeper.values()
    assert any(handle.startswith("devices/") for handle in values)
    kept = [each for each in (examples.path / ".pbx").rglob("*") if each.is_file() and each.suffix != ".wav"]
    texts = {each: each.read_bytes() for each in kept}
    return [(handle, each) for handle, value in values.items() for each, text in texts.items() if holds(text, value)]


def holds(text: bytes, value: str) -> bool:
    """Whether the secret stands there. The digits of a PIN stand in some digest by chance, with others beside them."""
    if not value.isdigit():
        return value.encode() in text
    return re.search(rb"(?<![0-9A-Za-z])%b(?![0-9A-Za-z])" % value.encode(), text) is not None
