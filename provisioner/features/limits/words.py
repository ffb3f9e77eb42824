"""What changes of limits mean for callers and users."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.changes import Wording


def _spending(path: tuple[str, ...], whose: str) -> Iterator[Wording]:
    yield Wording(
        path,
        added=f"calls of {whose} cost at most so much in a day: {{new}}",
        removed=f"calls of {whose} may cost any amount in a day",
    )
    yield Wording((*path, "daily"), changed=f"calls of {whose} begin until {{new}} are spent in a day, not {{old}}")
    yield Wording(
        (*path, "cut_off"),
        changed=f"calls of {whose} end when {{new}} are spent in a day, not {{old}}",
        added=f"calls of {whose} end when {{new}} are spent in a day",
        removed=f"calls of {whose} end when half as much again as their limit is spent in a day, not {{old}}",
    )
    yield Wording(
        (*path, "warn_at"),
        changed=f"a first notice of what {whose} spends comes at {{new}} per cent instead of {{old}}",
        added=f"a first notice of what {whose} spends comes at {{new}} per cent",
        removed=f"a first notice of what {whose} spends comes at 80 per cent instead of {{old}}",
    )


def _count(path: tuple[str, ...], what: str) -> Wording:
    return Wording(
        path,
        changed=f"{what} at once: {{new}} instead of {{old}}",
        added=f"{what} at once: {{new}} at most",
        removed=f"{what} at once: as many as there are, instead of {{old}}",
    )


WORDINGS = (
    _count(("calls",), "calls with the public network"),
    _count(("incoming",), "calls from outside"),
    _count(("outgoing",), "calls to the public network"),
    *_spending(("spend",), "the tenant"),
    _count(("each_user", "outgoing"), "calls of each user to the public network"),
    *_spending(("each_user", "spend"), "each user"),
    _count(("users", "*", "outgoing"), "calls of this user to the public network"),
    *_spending(("users", "*", "spend"), "this user"),
    Wording(
        ("users", "*"),
        changed="limits of {key}: {new} instead of {old}",
        added="limits of {key}: {new}",
        removed="limits of {key} are those of each user",
    ),
    Wording(
        ("fraud_stop",),
        added="dear calls in a rush are stopped: {new}",
        removed="dear calls in a rush are no longer stopped",
    ),
    Wording(
        ("fraud_stop", "*"),
        changed="dear calls in a rush are stopped by {key}: {new} instead of {old}",
        added="dear calls in a rush are stopped by {key}: {new}",
        removed="dear calls in a rush are stopped as usual, instead of {key}: {old}",
    ),
    Wording(
        ("notify", "*"),
        changed="notices of limits go to {new} instead of {old}",
        added="notices of limits go to {new}",
        removed="notices of limits no longer go to {old}",
    ),
)
