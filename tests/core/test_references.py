"""References are found wherever a model may hold them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from provisioner.core.model import Model
from provisioner.core.refs import Destination, NameOf, Ref, walk


class Inner(Model):
    target: Destination | None = None
    count: int = 0


class Outer(Model):
    text: str = "user:nobody"
    prompt: NameOf("prompt") | None = None  # type: ignore[valid-type]
    then: Destination = Field(alias="after")
    listed: list[Destination] = Field(default_factory=list)
    by_key: dict[str, Inner] = Field(default_factory=dict)
    open: Any = None


def test_every_kind_of_field_is_looked_into() -> None:
    outer = Outer.model_validate(
        {
            "prompt": "welcome",
            "after": "user:anna",
            "listed": ["queue:a", "queue:b"],
            "by_key": {"1": {"target": "ivr:main"}, "2": {}},
            "open": {"members": [Ref("user", "bo")]},
        }
    )
    assert list(walk(outer)) == [
        (("prompt",), Ref("prompt", "welcome")),
        (("after",), Ref("user", "anna")),
        (("listed", 0), Ref("queue", "a")),
        (("listed", 1), Ref("queue", "b")),
        (("by_key", "1", "target"), Ref("ivr", "main")),
        (("open", "members", 0), Ref("user", "bo")),
    ]
