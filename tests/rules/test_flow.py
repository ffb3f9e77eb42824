"""Rounds in the flow of calls, against the standard library's own idea of a graph without rounds."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.rules import flow

NAMES = "abcdefg"


def scope(references: list[tuple[Path, Ref]]) -> Scope:
    return Scope("acme", "Acme", "acme.example", "UTC", "en", "SE", references=tuple(references))


def onward(start: str, target: str) -> tuple[Path, Ref]:
    return ("ring_groups", start, "no_answer"), Ref("ring_group", target)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20, unique=True))
def test_rounds_are_found_where_there_are_some(pairs: list[tuple[str, str]]) -> None:
    found = list(flow.cycles(scope([onward(*pair) for pair in pairs])))
    assert bool(found) == has_round(pairs)
    closing = set()
    for cycle in found:
        for edge, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            assert edge.target == following.start
        closing.add((cycle[-1].start, cycle[-1].target))
    left = [
        (start, target)
        for start, target in pairs
        if (Ref("ring_group", start), Ref("ring_group", target)) not in closing
    ]
    assert not has_round(left), "mending every closing edge leaves no round"


def has_round(pairs: list[tuple[str, str]]) -> bool:
    graph: dict[str, set[str]] = {}
    for start, target in pairs:
        graph.setdefault(start, set()).add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False


def test_a_chain_longer_than_python_nests_calls() -> None:
    chain = [onward(f"g{count}", f"g{count + 1}") for count in range(5000)]
    assert not flow.cycles(scope(chain))
    (cycle,) = flow.cycles(scope([*chain, onward("g5000", "g0")]))
    assert len(cycle) == 5001


def test_members_and_keys_are_no_rounds() -> None:
    references: list[tuple[Path, Ref]] = [
        (("ring_groups", "a", "members", 0), Ref("user", "anna")),
        (("users", "anna", "forwarding", "no_answer"), Ref("ring_group", "a")),
        (("ivr", "main", "keys", "1"), Ref("ivr", "main")),
        (("ivr", "main", "invalid", "destination"), Ref("ivr", "main")),
    ]
    assert not flow.cycles(scope(references))
    (cycle,) = flow.cycles(scope([*references, (("ivr", "main", "exhausted"), Ref("ivr", "main"))]))
    assert flow.shown(cycle) == "ivr:main → ivr:main"


def test_who_is_named_and_gets_no_call_closes_no_round() -> None:
    vips = [(("users", one, "vip", 0), Ref("user", other)) for one, other in (("anna", "bo"), ("bo", "anna"))]
    assert not flow.cycles(scope(vips))
    overflow = (("users", "anna", "forwarding", "no_answer"), Ref("queue", "nurse"))
    assert not flow.cycles(scope([overflow, (("queues", "nurse", "administrators", 0), Ref("user", "anna"))]))
    assert flow.cycles(scope([overflow, (("queues", "nurse", "overflow", "timeout"), Ref("user", "anna"))]))


def test_a_name_may_be_any_word() -> None:
    """Not so once: a group called `members` or `keys` was taken for a list of people who only ring."""
    (cycle,) = flow.cycles(scope([onward("members", "keys"), onward("keys", "members")]))
    assert len(cycle) == 2
