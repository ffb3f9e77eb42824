"""The configuration of an edge node, compared whole with stored files.

`PBX_ACCEPT=1` stores what is rendered now; look at the difference before it is committed.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.targets import rtpengine
from provisioner.targets.kamailio.configuration import FILES, render
from provisioner.targets.kamailio.platform import Trunk

sys.path.insert(0, str(Path(__file__).parent))

import edge_platform

EXPECTED = Path(__file__).parent / "expected"


@pytest.mark.parametrize("name", FILES)
def test_whole_file(name: str) -> None:
    (file,) = (each for each in render(edge_platform.edge()).files if each.path == name)
    if os.environ.get("PBX_ACCEPT"):
        (EXPECTED / name).write_text(file.text)
    assert file.text == (EXPECTED / name).read_text()


def test_kamailio_cfg_includes_every_part_once() -> None:
    text = (EXPECTED / "kamailio.cfg").read_text()
    included = [line.split('"')[1] for line in text.splitlines() if line.startswith("include_file")]
    parts = [name for name in FILES if name.endswith(".cfg") and name not in ("kamailio.cfg", "tls.cfg")]
    assert sorted(included) == sorted(parts)


def test_order_of_trunks_in_the_platform_file_does_not_matter() -> None:
    edge = edge_platform.edge()
    turned = replace(edge, trunks=tuple(reversed(edge.trunks)))
    assert render(turned).digest == render(edge).digest


def test_a_trunk_more_changes_only_the_reloadable_lists() -> None:
    edge = edge_platform.edge()
    more = replace(edge, trunks=(*edge.trunks, replace(edge.trunks[0], name="second", address="198.19.0.44")))
    before, after = ({file.path: file.text for file in render(each).files} for each in (edge, more))
    assert {name for name in FILES if before[name] != after[name]} == {"address.list", "dispatcher.list"}


def test_an_address_of_two_trunks_belongs_to_the_one_for_ordinary_calls() -> None:
    telco = edge_platform.edge().trunks[0]
    emergency = replace(telco, name="emergency", port=5062, numbers=(), order=1)
    ordinary = replace(telco, emergency=False)
    edge = replace(edge_platform.edge(), trunks=(emergency, ordinary))
    files = {file.path: file.text for file in render(edge).files}
    assert [line for line in files["address.list"].splitlines() if line.startswith("2 198.19.0.40 ")] == [
        "2 198.19.0.40 32 0 name=telco;format=+e164;country=46"
    ]
    destinations = [line.split()[:2] for line in files["dispatcher.list"].splitlines() if line[0] != "#"]
    assert destinations == [
        ["1", "sip:198.19.0.40:5062;transport=udp"],
        ["1", "sip:198.19.0.40:5060;transport=udp"],
        ["10", "sip:198.19.0.40:5060;transport=udp"],
    ]


def test_an_edge_without_trunks_is_whole() -> None:
    files = {file.path: file.text for file in render(replace(edge_platform.edge(), trunks=())).files}
    assert "\n2 " not in files["address.list"]
    assert "$var(set) = 0;" in files["trunks.cfg"]


def test_rtpengine_knows_both_networks() -> None:
    (file,) = rtpengine.render(rtpengine.Settings("198.18.0.20", "198.19.0.20", 30000, 30100)).files
    assert "interface = private/198.18.0.20;public/198.19.0.20" in file.text.splitlines()
    assert "port-max = 30100" in file.text.splitlines()


@pytest.mark.row("T2")
def test_who_called_is_told_on_trunks_alone_that_may_know_it() -> None:
    trunks = (Trunk("telco", "192.0.2.1"), Trunk("svarab", "192.0.2.2", numbers=("+469803",), shows_callers=True))
    files = {file.path: file.text for file in render(replace(edge_platform.edge(), trunks=trunks)).files}
    told = [line for line in files["dispatcher.list"].splitlines() if "callers=yes;" in line]
    assert told
    assert all("name=svarab;" in line for line in told)
