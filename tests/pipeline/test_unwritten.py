"""What a plan says of a tenant who goes to another core node, which no tenant file tells."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.core.site import Machine, Role
from tests.pipeline.house import SITE, House
from tests.pipeline.test_deploy import EXAMPLES

HOSTS = """\
  lab:
    target: hosts
    management_networks: [198.18.0.0/24]
    nodes:
      data: {role: data, address: 198.18.0.10}
      edge: {role: edge, address: 198.18.0.20, public_address: 198.19.0.20}
      core: {role: core, address: 198.18.0.30}
      core2: {role: core, address: 198.18.0.31}
"""
TOLD = "moves from core to core2: messages, greetings, recordings"


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder")
    two = replace(SITE, machines=(*SITE.machines, Machine("core2", Role.CORE, "198.18.0.31")))
    provider = tmp_path / "folder" / "provider.yaml"
    text = provider.read_text(encoding="utf-8")
    assert "  lab: {target: lab}\n" in text
    provider.write_text(text.replace("  lab: {target: lab}\n", HOSTS), encoding="utf-8")
    made = House(tmp_path / "folder", site=two)
    made.apply()
    return made


def test_what_stays_behind_stands_first_in_the_plan_and_in_the_record(house: House) -> None:
    assert house.plan().words == ()
    provider = house.folder / "provider.yaml"
    text = provider.read_text(encoding="utf-8")
    provider.write_text(f"{text}\nplacement: {{tenants: {{kiosken: core2}}}}\n", encoding="utf-8")
    (words,) = house.plan().words
    (sentence,) = words.sentences
    assert (words.slug, sentence.dangerous) == ("kiosken", True)
    assert sentence.text.startswith(TOLD)
    assert sentence.text.endswith("they stay on the disk of core")
    house.apply()
    assert any(each.startswith(f"! {TOLD}") for record in house.audit.records for each in record["changed"])
    assert house.plan().words == ()
