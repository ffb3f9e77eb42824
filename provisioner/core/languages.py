"""Which of several languages serves somebody: BCP 47 tags of the form `sv` or `en-GB`."""

from __future__ import annotations

from collections.abc import Iterable


def best(offered: Iterable[str], wanted: str) -> str | None:
    """The tag that serves `wanted`: itself, its language without the country, or the empty tag (serves all)."""
    tags = set(offered)
    return next((tag for tag in (wanted, wanted[:2], "") if tag in tags), None)
