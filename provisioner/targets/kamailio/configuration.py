"""The configuration of one edge node: files that Kamailio includes in the order stated in `kamailio.cfg`.

Equal facts give equal bytes. Two files, `dispatcher.list` and `address.list`, can be reloaded while calls are up; any
other change takes a restart, which calls in progress survive. `secrets.cfg` holds tokens, as `core.secrets` makes them.
Templates mark values with << >> and blocks with <% %>, signs that Kamailio's language does not use so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Line, TextFile

from .platform import EdgePlatform, Trunk
from .schema import DATABASE, PASSWORD, ROLE

FILES = (
    "kamailio.cfg", "secrets.cfg", "globals.cfg", "modules.cfg", "request.cfg", "security.cfg",
    "nat.cfg", "browsers.cfg", "media.cfg", "headers.cfg", "auth.cfg", "registrar.cfg", "outgoing.cfg",
    "users.cfg", "lights.cfg", "trunks.cfg", "numbers.cfg", "cores.cfg", "relay.cfg", "address.list",
    "dispatcher.list", "tls.cfg",
)  # fmt: skip

TOPOLOGY_KEY = "platform/kamailio/topology-key"
"""Handle of the key that masks private addresses: the same on every edge, and a change of it breaks calls."""

BROWSER_PORT = 7443
"""Where browsers reach an edge; 443 is the web server's."""

_EMERGENCY_SET = 1
_FIRST_SET = 10


def render(edge: EdgePlatform) -> Bundle:
    """The files of an edge node, in the order of `FILES`."""
    trunks = sorted(edge.trunks, key=lambda each: (each.order, each.name))
    sets = _sets(trunks)
    facts = {
        "edge": edge,
        "trunks": trunks,
        "sets": sets,
        "emergency_set": _EMERGENCY_SET,
        "browser_port": BROWSER_PORT,
        "role": ROLE,
        "database": DATABASE,
        "database_password": secrets.token(PASSWORD),
        "topology_key": secrets.token(TOPOLOGY_KEY),
        "sources": list(_sources(trunks)),
        "destinations": list(_destinations(trunks, sets)),
    }
    files = (_file(name, _ENVIRONMENT.get_template(name).render(facts)) for name in FILES)
    return Bundle("", "kamailio", tuple(files))


def _file(name: str, text: str) -> TextFile:
    return TextFile(name, tuple(Line(each) for each in text.splitlines()))


def _sets(trunks: list[Trunk]) -> list[tuple[str, int]]:
    """(beginning of a number, dispatcher set), the longest beginning first."""
    prefixes = {prefix for trunk in trunks for prefix in trunk.numbers}
    ordered = sorted(prefixes, key=lambda each: (-len(each), each))
    return [(prefix, _FIRST_SET + index) for index, prefix in enumerate(ordered)]


def _destinations(trunks: list[Trunk], sets: list[tuple[str, int]]) -> Iterator[tuple[int, Trunk, int]]:
    """(set, trunk, priority); the dispatcher tries the highest priority first, our orders count upwards.

    Trunks that are not meant for emergencies are the last resort of an emergency call.
    """
    members = [(_EMERGENCY_SET, sorted(trunks, key=lambda each: not each.emergency))]
    members += [(number, [each for each in trunks if prefix in each.numbers]) for prefix, number in sets]
    for number, chosen in members:
        for index, trunk in enumerate(chosen):
            yield number, trunk, len(chosen) - index


def _sources(trunks: list[Trunk]) -> Iterator[tuple[str, str, Trunk]]:
    """(address, length of the mask, trunk) of everything that carriers call from.

    A carrier may offer several trunks at one address; a call from there is the first's, and of one for emergencies only
    if there is no other.
    """
    seen: set[str] = set()
    for trunk in sorted(trunks, key=lambda each: (not each.numbers, each.order, each.name)):
        for each in (trunk.address, *trunk.sources):
            if each not in seen:
                seen.add(each)
                address, _, mask = each.partition("/")
                yield address, mask or "32", trunk


_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("provisioner.targets.kamailio", "templates"),
    variable_start_string="<<",
    variable_end_string=">>",
    block_start_string="<%",
    block_end_string="%>",
    comment_start_string="<#",
    comment_end_string="#>",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=jinja2.StrictUndefined,
    autoescape=False,
)
_ENVIRONMENT.filters["regex"] = re.escape
