"""What an apply says it did: no stack is counted as what it is not."""

from __future__ import annotations

from provisioner.cli.apply import exit_code
from provisioner.cli.deployment import outcome_document, outcome_text
from provisioner.core.deployment import Done, HostResult, Kind, Op, Outcome, Step
from provisioner.core.errors import PbxError
from provisioner.pipeline.deploy import Applied

STEP = Step("lab.tenant.a", Kind.CORE_BUNDLE, "core", Op.UPDATE, ("digest",), {}, {"node": "core"})
DONE = Done(STEP, (HostResult("core", 2, 1),), 1.5)
OUTCOMES = (
    Outcome("lab.platform", skipped=True),
    Outcome("lab.tenant.a", (DONE,), seconds=2.0),
    Outcome("lab.tenant.b", error=PbxError("the disk is full", "make room"), seconds=1.0),
    Outcome("lab.tenant.c", error=PbxError("not begun, because lab.tenant.b failed", "mend it"), begun=False),
)


def test_every_stack_is_counted_once_as_what_came_of_it() -> None:
    assert list(outcome_text(OUTCOMES)) == [
        "lab.tenant.a  done in 2.0 s",
        "  ~ update   call handling on core  core: changed=1 ok=2",
        "lab.tenant.b  failed in 1.0 s",
        "  ! the disk is full",
        "    what now: make room",
        "lab.tenant.c  not begun, because lab.tenant.b failed",
        "1 stacks applied, 1 as they were, 1 failed, 1 not begun, changed=1",
        "what was done is kept: the same command goes on with the rest",
    ]
    assert list(outcome_text(OUTCOMES[:2]))[-1] == "1 stacks applied, 1 as they were, 0 failed, changed=1"
    results = [each["result"] for each in outcome_document(Applied(OUTCOMES, None))["stacks"]]
    assert results == ["unchanged", "applied", "failed", "not-begun"]


def test_partly_applied_ends_with_5_and_nothing_done_with_the_first_error() -> None:
    assert exit_code(OUTCOMES) == 5
    assert exit_code((OUTCOMES[0], *OUTCOMES[2:])) == 1
    assert exit_code(OUTCOMES[:2]) == 0
