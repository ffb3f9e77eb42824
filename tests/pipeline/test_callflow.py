"""Every room says what its references mean to a caller, and people are found behind all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.core.feature import Way, way_of
from provisioner.core.flows import flow_of
from provisioner.core.refs import Ref
from provisioner.pipeline import callflow
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate
from provisioner.tenant import FEATURES

EXAMPLES = Path(__file__).parents[2] / "examples"
TENANTS = ("kiosken", "nordverk", "solglantan")


@pytest.mark.parametrize("tenant", TENANTS)
def test_a_reference_by_which_calls_go_on_is_an_edge(tenant: str) -> None:
    """A room that forgets to say what its references mean would draw nothing."""
    scope = validate(load(EXAMPLES, frozenset([tenant]))).scopes[tenant]
    rooms = {feature.section: feature for feature in FEATURES}
    for path, ref in scope.references:
        feature = rooms.get(str(path[0]))
        if feature and feature.kind and way_of(feature, path, ref) is not Way.USES:
            assert flow_of(feature.flows, path[2:]), path


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
