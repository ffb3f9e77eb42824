"""Which secrets a plan and the record call rotated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provisioner.cli.deployment import plan_text
from provisioner.cli.plan_pages import markdown
from provisioner.core.secrets import rotated
from tests.pipeline.house import House

EXAMPLES = Path(__file__).parents[2] / "examples"
DESK = "devices/solglantan/anna-desk"


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder")
    made = House(tmp_path / "folder")
    made.apply()
    assert DESK in made.secrets.values
    return made


def said(house: House) -> dict[str, list[str]]:
    return {each.slug: [one.text for one in each.sentences] for each in house.plan().words}


def test_one_of_a_tenant_is_named_and_nothing_else_is(house: House) -> None:
    house.secrets.set(DESK, "another")
    assert said(house) == {"solglantan": ["rotated: devices/anna-desk"]}
    lines = list(plan_text(house.plan()))
    assert lines[:2] == ["solglantan", "  ~ rotated: devices/anna-desk"]
    assert "rotated: devices/anna-desk" in markdown(house.plan())
    assert "another" not in "\n".join(lines) + markdown(house.plan())


def test_of_many_a_few_are_named_and_the_others_counted(house: House) -> None:
    for handle in [each for each in house.secrets.values if each.startswith("devices/solglantan/")]:
        house.secrets.set(handle, "another")
    (told,) = said(house)["solglantan"]
    assert told.count("devices/") == 5
    assert " more" in told


def test_those_of_the_platform_are_told_too(house: House) -> None:
    handle = next(each for each in house.secrets.values if each.startswith("platform/"))
    house.secrets.set(handle, "another")
    assert said(house) == {"": [f"rotated: {handle}"]}
    assert list(plan_text(house.plan()))[:2] == ["platform", f"  ~ rotated: {handle}"]


def test_what_is_new_is_not_rotated_and_what_rotates_beside_it_is(house: House) -> None:
    file = house.folder / "tenants/solglantan.yaml"
    text = file.read_text(encoding="utf-8")
    zoe = "zoe: {name: Zoe, extension: 188, plan: basic, devices: {desk: {kind: desk}}, FORWARDING}"
    zoe = zoe.replace("FORWARDING", 'forwarding: {no_answer: "hangup:unavailable"}')
    assert "\nusers:\n" in text
    file.write_text(text.replace("\nusers:\n", f"\nusers:\n  {zoe}\n", 1), encoding="utf-8")
    house.secrets.set(DESK, "another")
    told = [each for each in said(house)["solglantan"] if "rotated" in each]
    assert told == ["rotated: devices/anna-desk"]


def test_the_record_keeps_it(house: House) -> None:
    house.secrets.set(DESK, "another")
    house.apply()
    assert any("~ rotated: devices/anna-desk" in each["changed"] for each in house.audit.records)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("aaaaaaaabbbbbbbb", "aaaaaaaacccccccc", ("y",)),
        ("--------bbbbbbbb", "aaaaaaaabbbbbbbb", ()),
        ("aaaaaaaabbbbbbbb", "aaaaaaaa--------", ()),
        ("aaaaaaaabbbbbbbb", "aaaaaaaabbbbbbbb", ()),
        ("f" * 64, "aaaaaaaabbbbbbbb", ()),
        ("", "aaaaaaaabbbbbbbb", ()),
    ],
)
def test_pieces_of_two_digests(before: str, after: str, names: tuple[str, ...]) -> None:
    assert rotated(("x", "y"), before, after) == names
