"""A tenant whose file stayed is not built again, and never to another result than a new build would have."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioner.adapters.bundles import BundleStore
from provisioner.core.ports.builds import Remembered
from provisioner.pipeline import unchanged
from provisioner.pipeline.build import Build, build
from provisioner.pipeline.load import load

EXAMPLES = Path(__file__).parents[2] / "examples"
TENANTS = ("kiosken", "nordverk", "solglantan")


@dataclass
class FakeBuilds:
    """The memory as a dictionary; `store` keeps the bundles."""

    store: BundleStore
    tool: str = "one"
    last: dict[str, Remembered] = field(default_factory=dict)

    def recall(self) -> Mapping[str, Remembered]:
        return self.last

    def remember(self, builds: Mapping[str, Remembered]) -> None:
        self.last |= builds

    def kept(self, digests: Iterable[str]) -> frozenset[str]:
        return self.store.kept(digests)


@dataclass
class House:
    """A provider's folder and what is remembered of it."""

    root: Path
    builds: FakeBuilds

    def build(self) -> tuple[Build, set[str]]:
        """What came of it, and which tenants were built anew; what is remembered never changes what comes."""
        made = build(self.root, keep=self.builds.store.put, builds=self.builds)
        afresh = build(self.root, keep=self.builds.store.put)
        self.builds.remember({each.slug: each.fresh for each in made.outcomes if each.fresh})
        assert made.findings == afresh.findings
        assert [replace(each, fresh=None) for each in made.outcomes] == list(afresh.outcomes)
        return made, {each.slug for each in made.outcomes if each.fresh}

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> House:
    root = tmp_path / "folder"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns(".pbx", "secrets"))
    found = House(root, FakeBuilds(BundleStore(root / ".pbx")))
    _, built = found.build()
    assert built == set(TENANTS)
    return found


def test_nothing_is_built_again_where_nothing_moved(house: House) -> None:
    assert house.build()[1] == set()


def audio(house: House) -> None:
    (recording,) = [each for each in (house.root / "prompts").iterdir() if each.suffix in (".wav", ".flac")]
    recording.write_bytes(recording.read_bytes()[:-2])


def other_file(house: House) -> None:
    """A tenant in a folder gets a second file."""
    house.root.joinpath("tenants/kiosken").mkdir()
    (house.root / "tenants/kiosken.yaml").rename(house.root / "tenants/kiosken/main.yaml")


def bundle_gone(house: House) -> None:
    for digest in next(each for each in house.build()[0].outcomes if each.slug == "nordverk").digests.values():
        shutil.rmtree(house.root / ".pbx/bundles" / digest)


def recipes_gone(house: House) -> None:
    shutil.rmtree(house.root / ".pbx/sounds")
    (house.root / ".pbx/sounds").mkdir()


def other_tool(house: House) -> None:
    house.builds.tool = "two"


@pytest.mark.parametrize(
    ("change", "built"),
    [
        (lambda house: house.edit("tenants/kiosken.yaml", "Ida Sand", "Ida Strand"), {"kiosken"}),
        (lambda house: house.edit("tenants/kiosken.yaml", "# The smallest", "# A small"), {"kiosken"}),
        (lambda house: house.edit("provider.yaml", "price: 189", "price: 190"), set(TENANTS)),
        (other_file, {"kiosken"}),
        (bundle_gone, {"nordverk"}),
        (other_tool, set(TENANTS)),
    ],
    ids=["a name", "a comment", "the provider's file", "another file", "a bundle is gone", "another tool"],
)
def test_what_moved_is_built_again_and_nothing_else(
    house: House, change: Callable[[House], None], built: set[str]
) -> None:
    change(house)
    assert house.build()[1] == built
    assert house.build()[1] == set()


def test_tenants_whose_sounds_recipes_are_gone_are_built_again(house: House) -> None:
    recipes_gone(house)
    assert house.build()[1] == set(TENANTS), "each says something of the platform's"


def test_a_file_beside_the_tenants_counts_by_its_content(house: House) -> None:
    audio(house)
    _, built = house.build()
    assert len(built) == 1
    assert house.build()[1] == set()


def test_what_is_wrong_is_found_again_each_time(house: House) -> None:
    house.edit("tenants/kiosken.yaml", "user:ida", "user:idda")
    for _ in range(2):
        made, built = house.build()
        assert [each.code for each in made.findings] == ["R001"]
        assert built == set()


def test_another_day_is_another_build(house: House) -> None:
    """Findings speak of periods that are over: the tenant's own day counts, not that of the machine."""
    folder = load(house.root)
    facts = json.loads(house.builds.last["kiosken"].text)
    text = json.dumps({**facts, "zone": "Pacific/Kiritimati", "today": "2026-11-30"})
    last_minute = datetime(2026, 11, 30, 9, 59, tzinfo=UTC)
    assert unchanged.unpack("kiosken", text, folder, last_minute)
    assert unchanged.unpack("kiosken", text, folder, last_minute + timedelta(minutes=1)) is None


def test_a_tenant_that_cannot_be_read_has_no_key(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    assert unchanged.key("one", b"", tmp_path, (tmp_path / "gone.yaml",)) == ""
