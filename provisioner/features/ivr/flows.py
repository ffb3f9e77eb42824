"""Where callers go on from a menu."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.flows import Flow
from provisioner.core.refs import Ref
from provisioner.core.source import Path

from .model import Ivr

FLOWS = (
    Flow(("keys", "*"), "key {1}"),
    Flow(("dial", "*"), "extension {1}", crowd=True),
    Flow(("no_input",), "no key"),
    Flow(("invalid",), "wrong key"),
    Flow(("exhausted",), "attempts used up"),
)


def implied(menus: dict[str, Ivr], scope: Scope) -> Iterator[tuple[Path, Ref]]:
    """What is reached by an extension that callers key in."""
    for name, menu in menus.items():
        for extension, ref in scope.extensions.items():
            if menu.dial and menu.dial.allows(extension):
                yield ("ivr", name, "dial", extension), ref
