"""What several stacks ask for at the same time: who goes together, who waits for whom, and who fails alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.bundles import BundleStore
from provisioner.adapters.pulumi.carry import Means, Way
from provisioner.adapters.pulumi.delivery import Delivery, Wish
from provisioner.adapters.pulumi.gathering import Gathering
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.deployment import Event, HostResult, Kind, Play, PlayFailed, Progress, SecretStore

PATIENCE = 30.0
"""Seconds after which something hangs."""


@dataclass
class Batches:
    """Does nothing with what has gathered but to note it."""

    seen: list[tuple[str, list[int]]] = field(default_factory=list)
    may_end: threading.Event = field(default_factory=threading.Event)

    def __call__(self, way: str, items: Sequence[int]) -> list[int | BaseException]:
        self.seen.append((way, sorted(items)))
        self.may_end.wait(PATIENCE)
        return [ValueError("odd") if each % 2 else each * 10 for each in items]


def test_all_who_run_beside_each_other_go_together_and_each_hears_of_itself() -> None:
    work = Batches()
    work.may_end.set()
    gathering: Gathering[str, int, int] = Gathering(work)
    begun = threading.Barrier(4)

    def member(number: int) -> int | None:
        with gathering.member():
            begun.wait(PATIENCE)
            error = gathering.ask("core", number).exception(PATIENCE)
            return None if error else gathering.ask("edge", number).result(PATIENCE)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(member, range(4))) == [0, None, 20, None]
    assert work.seen == [("core", [0, 1, 2, 3]), ("edge", [0, 2])]


def test_whoever_comes_while_others_are_carried_out_goes_next() -> None:
    work = Batches()
    gathering: Gathering[str, int, int] = Gathering(work)
    first = gathering.ask("core", 2)  # alone: nobody else is a member
    while not work.seen:
        pass
    later = [gathering.ask("core", each) for each in (4, 6)]
    other = gathering.ask("edge", 8)
    work.may_end.set()
    assert [each.result(PATIENCE) for each in (first, *later, other)] == [20, 40, 60, 80]
    assert ("core", [4, 6]) in work.seen


def test_nobody_is_waited_for_after_an_interruption() -> None:
    work = Batches()
    work.may_end.set()
    gathering: Gathering[str, int, int] = Gathering(work)
    with gathering.member(), gathering.member():
        asked: Future[int] = gathering.ask("core", 2)
        gathering.hurry()
        assert asked.result(PATIENCE) == 20


def test_a_broken_work_is_heard_of() -> None:
    def broken(way: str, items: Sequence[int]) -> Sequence[int | BaseException]:
        raise RuntimeError(f"{way}: {items}")

    gathering: Gathering[str, int, int] = Gathering(broken)
    with pytest.raises(RuntimeError, match="core"):
        gathering.ask("core", 1).result(PATIENCE)


class NoSecrets(SecretStore):
    pass


@dataclass
class Refusing:
    """Playbooks of a node that refuses certain tenants, and with them the whole play."""

    fails: Callable[[list[str]], PlayFailed | None]
    plays: list[list[str]] = field(default_factory=list)

    def run(
        self, play: Play, progress: Progress, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HostResult, ...]:
        tenants: Any = play.variables["pbx_tenants"]
        slugs = [each["slug"] for each in tenants]
        assert not cancelled()
        self.plays.append(slugs)
        progress(Event("a task", host="core"))
        if error := self.fails(slugs):
            raise error
        tasks = ("laid down", "elsewhere")
        return (HostResult("core", 3, 2, tasks, touched={"laid down": frozenset({"t1"})}),)


def refused(slugs: list[str]) -> PlayFailed | None:
    bad = sorted({"t3", "t6"} & set(slugs))
    return PlayFailed(f"the daemon refuses {' and '.join(bad)}", "mend it", "core") if bad else None


def away(slugs: list[str]) -> PlayFailed | None:  # noqa: ARG001
    return PlayFailed("host core cannot be reached", "look", "core", whatever=True)


def down(slugs: list[str]) -> PlayFailed | None:  # noqa: ARG001
    return PlayFailed("asks in vain", "look", "core")


def wishes(folder: Path, playbooks: Refusing, missing: int = -1) -> list[Wish]:
    means = Means(BundleStore(folder), NoSecrets(), playbooks)
    bundles = [Bundle(f"t{each}", "asterisk", (TextFile("extensions.conf", (Line(str(each)),)),)) for each in range(8)]
    for number, bundle in enumerate(bundles):
        if number != missing:
            means.bundles.put(bundle)
    return [Wish(f"lab.tenant.{each.tenant}", {"slug": each.tenant, "digest": each.digest}, means) for each in bundles]


CORE = Way(Kind.CORE_BUNDLE, "core", present=True)


def test_who_is_at_fault_fails_alone_and_with_its_own_words(tmp_path: Path) -> None:
    playbooks, said = Refusing(refused), list[Event]()
    found = Delivery(said.append, lambda: False)(CORE, wishes(tmp_path, playbooks))
    assert [str(each) if isinstance(each, PlayFailed) else "" for each in found] == [
        "", "", "", "the daemon refuses t3", "", "", "the daemon refuses t6", "",
    ]  # fmt: skip
    assert len(playbooks.plays) == 11
    assert said[0] == Event("a task and 7 more", "lab.tenant.t0", "core")


def test_what_changed_is_told_of_each_tenant(tmp_path: Path) -> None:
    found = Delivery(lambda _: None, lambda: False)(CORE, wishes(tmp_path, Refusing(lambda _: None)))
    assert [each["core"] for each in found[:2] if isinstance(each, dict)] == [
        {"ran": 3, "changed": 1},
        {"ran": 3, "changed": 2},
    ]


@pytest.mark.parametrize(("fails", "plays"), [(away, 1), (down, 4)])
def test_where_everything_fails_not_everybody_is_tried(
    tmp_path: Path, fails: Callable[[list[str]], PlayFailed], plays: int
) -> None:
    playbooks = Refusing(fails)
    found = Delivery(lambda _: None, lambda: False)(CORE, wishes(tmp_path, playbooks))
    assert {str(each) for each in found} == {fails([]).message}
    assert len(playbooks.plays) == plays


def test_whose_bundle_is_not_there_does_not_hold_up_the_others(tmp_path: Path) -> None:
    playbooks = Refusing(lambda _: None)
    found = Delivery(lambda _: None, lambda: False)(CORE, wishes(tmp_path, playbooks, missing=5))
    assert [index for index, each in enumerate(found) if not isinstance(each, dict)] == [5]
    assert "is not in" in str(found[5])
    assert playbooks.plays == [["t0", "t1", "t2", "t3", "t4", "t6", "t7"]]
