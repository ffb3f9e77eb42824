"""Every room's README: its sections in one order, its findings the room's own, its examples right as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provisioner.tenant import FEATURES
from tests.features.test_cases import SLUG, specification_of

ROOMS = Path(__file__).parents[2] / "provisioner" / "features"
READMES = sorted(ROOMS.glob("*/README.md"))
SECTIONS = ["Description", "Syntax", "Renders", "Findings", "Examples"]
ROOM = {"add_ons": "plans"}
"""Sections whose room has another name."""
RULES = {ROOM.get(each.section, each.section): {rule.code for rule in each.rules} for each in FEATURES}


def name_of(file: Path) -> str:
    return file.parent.name


@pytest.mark.parametrize("file", READMES, ids=name_of)
def test_sections_stand_in_one_order(file: Path) -> None:
    text = file.read_text()
    assert re.findall(r"^# (.+)$", text, re.M) == [name_of(file)]
    assert re.findall(r"^## (.+)$", text, re.M) == SECTIONS


@pytest.mark.parametrize("file", READMES, ids=name_of)
def test_findings_are_the_rooms_rules(file: Path) -> None:
    listed = re.findall(r"^- `([A-Z]\d{3})`", section(file, "Findings"), re.M)
    assert listed == sorted(RULES[name_of(file)])


@pytest.mark.parametrize("file", READMES, ids=name_of)
def test_examples_are_right(file: Path, tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", section(file, "Examples"), re.S)
    assert examples
    for index, example in enumerate(examples):
        specification = specification_of(example, tmp_path / str(index))
        assert [str(each.finding.message) for each in specification.findings] == []
        assert SLUG in specification.tenants


def section(file: Path, title: str) -> str:
    """The text below one heading."""
    return file.read_text().split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
