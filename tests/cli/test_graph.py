"""`pbx graph`: every form of it, from the examples and from the smallest tenant there is."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from provisioner.cli.drawing import labels
from provisioner.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = Path(__file__).parent / "expected" / "graph"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(capsys: pytest.CaptureFixture[str], form: str, tenant: str = "solglantan", code: int = 0) -> str:
    assert run(["graph", tenant, "--format", form, "--folder", str(EXAMPLES)]) == code
    return capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "mermaid", "json", "svg"])
def test_every_format(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = drawn(capsys, form)
    file = EXPECTED / f"solglantan.{form}"
    if os.environ.get("PBX_ACCEPT"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


def test_a_narrow_terminal_loses_nothing_of_a_tree(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = drawn(capsys, "text")
    monkeypatch.setenv("COLUMNS", "40")
    assert drawn(capsys, "text") == wide


@pytest.mark.parametrize("tenant", ["kiosken", "solglantan", "nordverk"])
def test_picture_has_a_box_for_each_node_and_no_two_lie_on_each_other(
    tenant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = json.loads(drawn(capsys, "json", tenant))
    root = ElementTree.fromstring(drawn(capsys, "svg", tenant))
    boxes = [
        tuple(float(each.attrib[side]) for side in ("x", "y", "width", "height"))
        for each in root.iter(f"{SVG}rect")
        if each.get("class") == "box"
    ]
    assert len(boxes) == len(flow["nodes"])
    for index, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, high in boxes[index + 1 :]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y


LINE = [(0.0, 0.0), (0.0, 100.0), (300.0, 100.0)]
WORDS = (60.0, 13.0)


@pytest.mark.parametrize(
    ("kept", "taken", "at"),
    [
        ((0.0, 40.0), [], (0.0, 40.0)),
        ((34.0, 40.0), [], (34.0, 40.0)),
        ((35.0, 40.0), [], (150.0, 100.0)),
        ((0.0, 40.0), [(0.0, 40.0, 10.0, 10.0)], (150.0, 100.0)),
        ((500.0, 0.0), [(150.0, 100.0, 80.0, 20.0)], (0.0, 50.0)),
        ((500.0, 0.0), [(150.0, 100.0, 900.0, 900.0)], (150.0, 100.0)),
    ],
    ids=["on its line", "beside it", "off it", "on a box", "on its middle lies a box", "no room anywhere"],
)
def test_words_stand_on_their_line(kept: labels.Point, taken: list[labels.Rectangle], at: labels.Point) -> None:
    assert labels.place(LINE, kept, WORDS, taken) == at


def test_the_same_picture_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawn(capsys, "svg", "nordverk") == drawn(capsys, "svg", "nordverk")


def test_nodes_of_the_page_lead_to_lines_that_name_them(capsys: pytest.CaptureFixture[str]) -> None:
    page = drawn(capsys, "html")
    lines = (EXAMPLES / "tenants/solglantan.yaml").read_text(encoding="utf-8").splitlines()
    links = re.findall(r'<a href="#(f0-L(\d+))"><g><title>(\w+):(\S+) ', page)
    assert len(links) == 18
    for anchor, line, _, name in links:
        assert f'<span id="{anchor}">' in page
        assert name in lines[int(line) - 1] or "voicemail" in lines[int(line) - 1]
    assert page.count('<span id="f0-L') == len(lines)


def test_json_says_where_each_node_stands_and_why_each_edge_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    flow = json.loads(drawn(capsys, "json"))
    nodes = {node["id"]: node for node in flow["nodes"]}
    assert nodes["ring_group:reception"] == {
        "id": "ring_group:reception",
        "kind": "ring_group",
        "name": "reception",
        "title": "Receptionen",
        "extension": "900",
        "source": nodes["ring_group:reception"]["source"],
    }
    assert nodes["hangup:busy"]["source"] == ""
    ways = {(edge["from"], edge["to"]): edge for edge in flow["edges"]}
    assert ways["ivr:main", "queue:nurse"]["label"] == "key 2"
    assert ways["ivr:main", "queue:nurse"]["path"] == "ivr.main.keys.2.destination"
    assert not ways["schedule:opening", "voicemail:info"]["first"]
    assert ways["queue:nurse", "user:david"]["first"]


def test_mermaid_names_each_node_once_and_joins_only_those(capsys: pytest.CaptureFixture[str]) -> None:
    first, *lines = drawn(capsys, "mermaid", "nordverk").splitlines()
    assert first == "flowchart TB"
    named = [each[1] for line in lines if (each := re.match(r'  (n\d+)\[".*"\](:::\w+)?$', line))]
    joined = [each.groups() for line in lines if (each := re.match(r'  (n\d+) (?:==>|-->)(?:\|".*"\|)? (n\d+)$', line))]
    colors = [line for line in lines if line.startswith("  classDef ")]
    assert len(named) + len(joined) + len(colors) == len(lines)
    assert len(set(named)) == len(named)
    assert {end for pair in joined for end in pair} <= set(named)


def test_a_tenant_with_mistakes_is_drawn_as_far_as_it_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tenants").mkdir()
    (tmp_path / "provider.yaml").write_text((EXAMPLES / "provider.yaml").read_text())
    text = (EXAMPLES / "tenants/kiosken.yaml").read_text()
    (tmp_path / "tenants/kiosken.yaml").write_text(text.replace("plan: basic", "plan: none-such"))
    assert run(["graph", "kiosken", "--folder", str(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert "kiosken has mistakes: it is drawn as far as it is understood" in shown.err
    assert "+46980319200" in shown.out
    (tmp_path / "tenants/kiosken.yaml").write_text("version: [")
    assert run(["graph", "kiosken", "--folder", str(tmp_path)]) == 3


def test_no_such_tenant(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawn(capsys, "text", "solglanta", 64) == ""
