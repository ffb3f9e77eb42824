"""What a plan takes away, counted, and where it is too much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.errors import StoppedByLimit
from provisioner.core.holdings import Holding
from provisioner.pipeline import brakes
from provisioner.pipeline.auditing import Permit
from provisioner.provider import Brake, Brakes

Documents = Mapping[str, dict[str, Any] | None]
USUAL = Brakes()


def tenant(users: int = 0, numbers: int = 0, first: int = 100, **more: Any) -> dict[str, Any]:
    return {
        "users": {f"u{n}": {"extension": str(n)} for n in range(users)},
        "numbers": {f"+46850100{first + n}": {"destination": "user:u0"} for n in range(numbers)},
        **more,
    }


def stops(before: Documents, after: Documents, limits: Brakes = USUAL) -> tuple[brakes.Stop, ...]:
    """As a plan finds them: of tenants that change, against everything that was applied."""
    changed = {
        slug: (before.get(slug), after.get(slug)) for slug in {**before, **after} if before.get(slug) != after.get(slug)
    }
    return brakes.stops(changed, lambda: before, limits)


def told(before: Documents, after: Documents, limits: Brakes = USUAL) -> list[str]:
    return [each.text for each in stops(before, after, limits)]


MANY = {f"t{n:02}": tenant(users=10, numbers=4, first=100 + 4 * n) for n in range(30)}


def without(*slugs: str) -> Documents:
    return {slug: each for slug, each in MANY.items() if slug not in slugs}


@pytest.mark.parametrize(
    ("users", "left", "said"),
    [
        (10, 8, []),
        (10, 7, ["users: 3 of 10 would go, at most 2 may (25, and 20 %): a: u7, a: u8, a: u9"]),
        (4, 3, []),
        (4, 2, ["users: 2 of 4 would go, at most 1 may (25, and 20 %): a: u2, a: u3"]),
        (1, 0, []),
        (200, 175, []),
        (200, 174, ["users: 26 of 200 would go, at most 25 may (25, and 20 %): a: u174, a: u175, a: u176 and 23 more"]),
    ],
)
def test_users_by_share_and_count(users: int, left: int, said: list[str]) -> None:
    assert told({"a": tenant(users), "b": None}, {"a": tenant(left), "b": None}) == said


def test_of_many_tenants_one_may_not_lose_most_of_what_it_has() -> None:
    after = {**MANY, "t00": tenant(users=7, numbers=4)}
    assert told(MANY, after) == ["users of t00: 3 of 10 would go, at most 2 may (20 %): u7, u8, u9"]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (2, []),
        (
            3,
            [
                "tenants: 3 of 30 would go, at most 2 may (2, and 10 %): t00, t01, t02",
                "users: 30 of 300 would go, at most 25 may (25, and 20 %): t00: u0, t00: u1, t00: u2 and 27 more",
            ],
        ),
        (
            30,
            [
                "tenants: 30 of 30 would go, at most 2 may (2, and 10 %): t00, t01, t02 and 27 more",
                "numbers: 120 of 120 would go, at most 24 may (25, and 20 %): "
                "+46850100100, +46850100101, +46850100102 and 117 more",
                "users: 300 of 300 would go, at most 25 may (25, and 20 %): t00: u0, t00: u1, t00: u2 and 297 more",
            ],
        ),
    ],
)
def test_tenants_take_with_them_what_they_have(gone: int, said: list[str]) -> None:
    assert told(MANY, without(*list(MANY)[:gone])) == said


def test_the_last_tenants_never_go_by_the_way() -> None:
    anything = Brake(count=1000, share=100)
    limits = Brakes(numbers=anything, users=anything, mailboxes=anything, recordings=anything, tenants=anything)
    assert told({"a": tenant(2)}, {}, limits) == ["tenants: 1 of 1 would go, at most 0 may (1000, and 100 %): a"]
    assert told(MANY, without(*list(MANY)[1:]), limits) == []


def test_nothing_may_go_where_the_limit_is_nothing() -> None:
    nothing = Brake(count=0, share=0)
    assert [each.holding for each in stops({"a": tenant(9)}, {"a": tenant(8)}, Brakes(users=nothing))] == ["users"]


def test_a_number_that_moves_is_lost_to_its_tenant_alone() -> None:
    before = {"a": tenant(1, 4), "b": tenant(1, 0)}
    after = {"a": tenant(1, 0), "b": tenant(1, 4)}
    (found,) = stops(before, after)
    assert (found.holding, found.tenant, len(found.names)) == (Holding.NUMBERS, "a", 4)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"recording": "always"}, {}, ("a: user u0",)),
        ({"recording": "on-demand"}, {"recording": "never"}, ("a: user u0",)),
        ({"recording": "always"}, {"recording": "on-demand"}, ()),
        ({}, {"recording": "always"}, ()),
    ],
)
def test_recorded_users(before: dict[str, str], after: dict[str, str], names: tuple[str, ...]) -> None:
    none = Brakes(recordings=Brake(count=0, share=0))
    found = stops({"a": {"users": {"u0": before}}}, {"a": {"users": {"u0": after}}}, none)
    assert tuple(name for each in found for name in each.names) == names


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [(None, "30", 2), ("365", None, 2), ("365", "90", 2), ("30", None, 0), ("30", "365", 0), ("90", None, 0)],
)
def test_recordings_that_are_kept_for_fewer_days(old: str | None, new: str | None, lost: int) -> None:
    def document(days: str | None) -> dict[str, Any]:
        recorded = {"queues": {"q": {"recording": {}}}, "numbers": {"+46850100100": {"recording": {}}}}
        return {**recorded, "recording": {"retention": days}} if days else recorded

    found = stops({"a": document(old)}, {"a": document(new)})
    assert [len(each.names) for each in found] == ([lost] if lost else [])
    assert all(each.holding is Holding.RECORDINGS for each in found)


def test_who_records_nothing_may_keep_it_for_as_short_as_she_likes() -> None:
    before, after = tenant(4, recording={"retention": "365"}), tenant(2, recording={"retention": "30"})
    assert {each.holding for each in stops({"a": before}, {"a": after})} == {Holding.USERS}


def test_mailboxes_of_users_and_shared_ones() -> None:
    boxes = {"users": {"anna": {"voicemail": {}}, "bo": {"voicemail": None}, "eva": {}}, "voicemail": {"info": {}}}
    (of_all, *_) = stops({"a": boxes}, {"a": {"users": {"anna": {}, "bo": {}, "eva": {}}}})
    assert (of_all.holding, of_all.names, of_all.of) == (Holding.MAILBOXES, ("a: anna", "a: shared info"), 2)


def test_documents_of_an_older_language_are_counted_as_far_as_they_are_understood() -> None:
    odd = {"users": ["anna"], "numbers": {"+46850100100": None}, "queues": {"q": "x"}, "recording": "yes"}
    assert told({"a": odd, "b": None}, {"a": odd | {"numbers": None}, "b": None}) == []


def test_what_is_allowed_goes_and_the_rest_names_its_flag() -> None:
    found = stops(MANY, {})
    brakes.hold(found, Permit(frozenset(Holding), "moved elsewhere"))
    brakes.hold((), Permit())
    with pytest.raises(StoppedByLimit, match="30 of 30 would go") as raised:
        brakes.hold(found, Permit(frozenset({Holding.USERS}), "x"))
    assert raised.value.exit_code == 4
    assert "add --allow tenants --allow numbers --reason TEXT" in raised.value.remedy
    assert "users" not in raised.value.message


platforms = st.dictionaries(
    st.sampled_from("abcdefgh"), st.builds(tenant, st.integers(0, 12), st.integers(0, 6)), min_size=1
)


@given(platforms, st.integers(0, 1000), st.integers(0, 100))
def test_an_empty_folder_is_always_stopped(before: Documents, count: int, share: int) -> None:
    brake = Brake(count=count, share=share)
    limits = Brakes(numbers=brake, users=brake, mailboxes=brake, recordings=brake, tenants=brake)
    assert Holding.TENANTS in {each.holding for each in stops(before, {}, limits)}


@given(platforms, platforms)
def test_what_is_only_added_is_never_stopped(before: Documents, more: Documents) -> None:
    assert stops(before, {**more, **before}, Brakes(users=Brake(count=0, share=0))) == ()


@given(platforms, st.data())
def test_half_a_folder_takes_away_no_more_than_the_limits_say(before: Documents, data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from(sorted(before))))
    after = {slug: each for slug, each in before.items() if slug in kept}
    lost = sum(len((each or {})["users"]) for slug, each in before.items() if slug not in kept)
    of = sum(len((each or {})["users"]) for each in before.values())
    if not stops(before, after):
        assert lost <= max(1, of // 5)
        assert len(before) - len(kept) <= 1


def test_nobody_goes_and_nothing_is_asked() -> None:
    def never() -> Documents:
        raise AssertionError("state was read for nothing")

    assert brakes.stops({"a": (tenant(1), tenant(2)), "b": (None, tenant(1))}, never, Brakes()) == ()
