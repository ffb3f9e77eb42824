"""What a test call finds at an external attendant: who answers there is known where nobody else may."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from provisioner.core.probes import Outside, Phone, Reaches
from provisioner.core.refs import Ref
from provisioner.core.visits import Caller
from provisioner.features.external_attendants import probes
from tests.features.test_cases import SLUG, specification_of

CASE = Path(__file__).parent / "cases/modes/tenant.yaml"
CALLER = Caller(
    line=Outside("+46701740641"),
    language="en",
    now=datetime(2027, 1, 11, tzinfo=UTC),
    telephones={"anna": ("desk",), "bo": ("desk",)},
)


def test_the_attendant_outside_is_reached_and_own_ones_may_ring(tmp_path: Path) -> None:
    found = specification_of(CASE.read_text(), tmp_path)
    external, scope = found.tenants[SLUG].external_attendants, found.scopes[SLUG]
    support = probes.visit(external, Ref("external_attendant", "support"), scope, CALLER)
    front = probes.visit(external, Ref("external_attendant", "front"), scope, CALLER)
    assert support
    assert front
    assert [each.number for each in support.arrival if isinstance(each, Reaches)] == ["+46846500491"]
    assert (front.ways, front.may_ring) == ((), (Phone("anna", "desk"), Phone("bo", "desk")))
    assert probes.visit(external, Ref("user", "anna"), scope, CALLER) is None
