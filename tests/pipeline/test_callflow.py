"""Every room says what its references mean to a caller, and people are found behind all of them."""

from __future__ import annotations

from pathlib import Path

from provisioner.core.flows import flow_of
from provisioner.core.refs import DESTINATION_KINDS, Ref, walk
from provisioner.pipeline import callflow, structure, yaml_reader
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import STAND_INS, validate
from provisioner.tenant import FEATURES, Tenant

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FILES = sorted([*EXAMPLES.glob("tenants/*.yaml"), *ROOT.glob("tests/features/*/cases/*/tenant.yaml")])
ONLY_NAMED = ("administrators", "vip", "favourites", "devices", "members", "of", "users")
"""Steps of paths at which somebody is named and gets no call by it."""


def test_a_room_says_of_each_destination_what_it_means_to_a_caller() -> None:
    """A room that forgets one would draw nothing there, and hide rounds that calls go."""
    rooms = {feature.section: feature for feature in FEATURES if feature.flows}
    seen: set[str] = set()
    for file in FILES:
        data = yaml_reader.read(file.read_text(encoding="utf-8"), file.name).data
        tenant, _ = structure.validate(Tenant, data or {}, STAND_INS)
        for path, ref in walk(tenant):
            feature = rooms.get(str(path[0]))
            if feature and ref.kind in DESTINATION_KINDS and not flow_of(feature.flows, path[2:]):
                assert any(step in ONLY_NAMED for step in path[2:]), f"{file.parent.name}: {path}"
            elif feature and ref.kind in DESTINATION_KINDS:
                seen.add(feature.section)
    assert seen == set(rooms)


def test_who_rings_first_and_who_is_behind() -> None:
    specification = validate(load(EXAMPLES, frozenset(["solglantan"])))
    flow = callflow.of(specification.tenants["solglantan"], specification.scopes["solglantan"])
    assert flow.rings(Ref("number", "+46846500401")) == ("anna", "bo")
    assert flow.rings(Ref("ivr", "main")) == ()
    assert flow.behind(Ref("ivr", "main")) == ("anna", "bo", "cecilia", "david")
    assert flow.rings(Ref("queue", "nurse")) == ("cecilia", "david")
    assert flow.behind(Ref("queue", "nurse")) == ("anna", "bo")


def test_who_can_be_asked_for_by_name_is_behind() -> None:
    specification = validate(load(EXAMPLES, frozenset(["nordverk"])))
    flow = callflow.of(specification.tenants["nordverk"], specification.scopes["nordverk"])
    listed = set(specification.scopes["nordverk"].listed)
    assert listed
    assert listed <= set(flow.behind(Ref("directory", "staff")))
