"""A tenant gets another name: its file and provider.yaml, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from provisioner.core.errors import UsageError
from provisioner.pipeline import moving, moving_tenant
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate
from tests.pipeline.test_deploy import EXAMPLES

TENANT = "solglantan"
PLACES = f"""
resting_numbers:
  "+46101380099": {{tenant: {TENANT}, since: 2026-11-01}}  # until February
placement:
  tenants:
    {TENANT}: core
    kiosken: core
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "folder", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    return tmp_path / "folder"


def mv(folder: Path, new: str, slug: str = TENANT) -> moving.Moving:
    found = moving_tenant.move(folder, slug, new)
    moving.write(folder, found)
    return found


def test_the_file_and_what_means_it_get_the_name_and_nothing_else_changes(folder: Path) -> None:
    file, provider = folder / "tenants" / f"{TENANT}.yaml", folder / "provider.yaml"
    with provider.open("a", encoding="utf-8") as opened:
        opened.write(PLACES)
    text = provider.read_text(encoding="utf-8").replace(
        "number_blocks:\n", f"number_blocks:\n  - {{prefix: '+46999', tenants: [kiosken, {TENANT}]}}\n"
    )
    provider.write_text(text, encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    found = mv(folder, "nova")
    assert not file.exists()
    after = (folder / "tenants/nova.yaml").read_text(encoding="utf-8")
    assert after == f'{before}\nmoved:\n  - {{from: "tenant:{TENANT}", to: "tenant:nova"}}\n'
    said = yaml.safe_load(provider.read_text(encoding="utf-8"))
    assert said["placement"]["tenants"] == {"nova": "core", "kiosken": "core"}
    assert said["number_blocks"][0]["tenants"] == ["kiosken", "nova"]
    assert provider.read_text(encoding="utf-8") == text.replace(f"{{tenant: {TENANT}", "{tenant: nova").replace(
        f"    {TENANT}: core", "    nova: core"
    ).replace(f"[kiosken, {TENANT}]", "[kiosken, nova]")
    assert f"--- a/tenants/{TENANT}.yaml\n+++ b/tenants/nova.yaml\n" in found.patch
    assert validate(load(folder)).valid


def test_back_again_nothing_is_noted_that_leads_round(folder: Path) -> None:
    mv(folder, "nova")
    mv(folder, "nova-b", "nova")
    mv(folder, TENANT, "nova-b")
    ((document),) = load(folder, frozenset([TENANT])).tenants
    assert document.data["moved"] == [
        {"from": "tenant:nova", "to": "tenant:nova-b"},
        {"from": "tenant:nova-b", "to": f"tenant:{TENANT}"},
    ]
    assert validate(load(folder)).valid


def test_a_tenant_in_a_folder_moves_with_it(folder: Path) -> None:
    home = folder / "tenants" / TENANT
    home.mkdir()
    (folder / "tenants" / f"{TENANT}.yaml").rename(home / "all.yaml")
    found = mv(folder, "nova")
    assert found.names == {f"tenants/{TENANT}/all.yaml": "tenants/nova/all.yaml"}
    assert not home.exists()
    assert [each.slug for each in load(folder).tenants] == ["kiosken", "nordverk", "nova"]


@pytest.mark.parametrize(
    ("slug", "new", "said"),
    [
        (TENANT, "kiosken", "there is a tenant kiosken already"),
        (TENANT, "pin", "'pin' cannot be a tenant's name"),
        (TENANT, "a" * 25, f"'{'a' * 25}' cannot be a tenant's name"),
        (TENANT, "Nova", "'Nova' cannot be a tenant's name"),
        ("solglanta", "nova", "no tenant 'solglanta' below "),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, slug: str, new: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        mv(folder, new, slug)
    assert refused.value.message.startswith(said)
    assert (folder / "tenants" / f"{TENANT}.yaml").exists()


def test_other_files_that_name_it_are_told(folder: Path) -> None:
    (folder / "policies").mkdir()
    (folder / "policies/waivers.yaml").write_text(f"waivers:\n  - {{tenant: {TENANT}}}\n  - {{tenant: my-{TENANT}}}\n")
    assert moving_tenant.elsewhere(folder, TENANT) == ["policies/waivers.yaml:2"]


def test_a_tenant_that_had_the_name_of_another_is_a_finding(folder: Path) -> None:
    mv(folder, "nova")
    shutil.copy(folder / "tenants/nova.yaml", folder / f"tenants/{TENANT}.yaml")
    found = [each for each in validate(load(folder)).findings if each.finding.rule.code == "M205"]
    assert [str(each.finding.message) for each in found] == [f"nova was {TENANT}, and there is a tenant {TENANT}"]
    assert found[0].span.file == "tenants/nova.yaml"
