"""The reader: text stays text, every mistake has a place, nothing can exhaust the machine."""

from __future__ import annotations

import pytest

from provisioner.core.findings import Located
from provisioner.core.source import SourceMap
from provisioner.pipeline import yaml_reader


def test_scalars_stay_as_typed() -> None:
    text = "country: NO\nopen: 17:30\nextension: 0100\nnumber: +4684650040\non: yes\nempty:\nquoted: ''\n"
    assert yaml_reader.read(text, "f").data == {
        "country": "NO",
        "open": "17:30",
        "extension": "0100",
        "number": "+4684650040",
        "on": "yes",
        "empty": None,
        "quoted": "",
    }


@pytest.mark.parametrize(
    ("text", "place", "code", "message"),
    [
        ("", "f:1:1", "Y004", "the file is empty"),
        ("# only a comment\n", "f:1:1", "Y004", "the file is empty"),
        ("a: 1\na: 2\n", "f:2:1", "Y002", "key 'a' stands here a second time"),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "f:4:3", "Y002", "key 'b' stands here a second time"),
        ("a: &x 1\n", "f:1:4", "Y003", "anchor &x"),
        ("a: &x 1\nb: *x\n", "f:2:4", "Y003", "alias *x"),
        ("a: !!int 1\n", "f:1:4", "Y003", "tag tag:yaml.org,2002:int"),
        ("a: 1\n---\nb: 2\n", "f:2:1", "Y003", "a second document begins here"),
        ("? [a, b]\n: 1\n", "f:1:3", "Y001", "a key that is no plain text"),
    ],
)
def test_mistakes_have_a_place(text: str, place: str, code: str, message: str) -> None:
    found = yaml_reader.read(text, "f").findings
    assert (str(found[-1].span), found[-1].code, found[-1].finding.message) == (place, code, message)


def test_broken_yaml_names_the_line_and_shows_it() -> None:
    (found,) = yaml_reader.read('name: "Klinik\nusers: {a: 1\n', "f").findings
    assert found.code == "Y001"
    assert found.span.start.line >= 1


@pytest.mark.parametrize(("depth", "codes"), [(yaml_reader.MAX_DEPTH, []), (yaml_reader.MAX_DEPTH + 1, ["Y004"])])
def test_depth_has_a_limit(depth: int, codes: list[str]) -> None:
    text = "[" * depth + "]" * depth
    assert [each.code for each in yaml_reader.read(text, "f").findings] == codes


def test_every_node_and_key_knows_its_place() -> None:
    places = SourceMap("f")
    yaml_reader.read("users:\n  anna:\n    devices: [desk, app]\n", "f", places)
    assert str(places.span(("users", "anna"), key=True)) == "f:2:3"
    assert str(places.span(("users", "anna", "devices", 1))) == "f:3:21"
    assert str(places.span(("users", "anna", "extension"))) == "f:3:5", "a missing field stands at its parent"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "byte 0 is not UTF-8"),
        (b"name: a\0b", "the file holds NUL bytes"),
        (b"x" * (yaml_reader.MAX_BYTES + 1), "bytes"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, message: str) -> None:
    refused = yaml_reader.decode(content, "f")
    assert isinstance(refused, Located)
    assert message in refused.finding.message
    assert refused.finding.expected
