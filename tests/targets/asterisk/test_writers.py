"""The files of a tenant, compared whole with stored ones, and what the writers refuse."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from provisioner.core import secrets
from provisioner.core.artifacts import Bundle, Speech, recipe_digest
from provisioner.targets.asterisk import render
from provisioner.targets.asterisk.extensions import Clash
from provisioner.targets.asterisk.objects import AsteriskObject, Mailbox, Queue, Route, Sound, Step

sys.path.insert(0, str(Path(__file__).parent))

import clinic

EXPECTED = Path(__file__).parent / "expected"


@pytest.mark.parametrize(
    "name", ["extensions.conf", "queues.conf", "voicemail.conf", "musiconhold.conf", "sounds.json"]
)
def test_whole_file(name: str) -> None:
    (file,) = (each for each in render("klinik", clinic.objects()).files if each.path == name)
    assert file.text == (EXPECTED / name).read_text()


def test_order_of_the_rooms_does_not_matter() -> None:
    objects = clinic.objects()
    bundle = render("klinik", objects)
    random.Random(7).shuffle(objects)
    assert render("klinik", objects).digest == bundle.digest


def test_each_line_keeps_its_source() -> None:
    lines = {line.text: line.source for file in render("klinik", clinic.objects()).files for line in file.lines}
    assert lines["same => n,WaitExten(5)"] == ("ivr", "main")
    assert lines["same => n,Verbose" + next(t for t in lines if "Verbose" in t)[len("same => n,Verbose") :]] == (
        "users",
        "anna",
    )
    assert lines["mode = playlist"] == ("queues", "nurse", "music")


def of(bundle: Bundle, name: str) -> str:
    return next(each.text for each in bundle.files if each.path == name)


def test_bundle_names_its_sounds() -> None:
    bundle = render("klinik", clinic.objects())
    assert {recipe_digest(each) for each in bundle.sounds} == set(json.loads(of(bundle, "sounds.json")))
    assert len(bundle.sounds) == 2


def test_only_declared_secrets_are_tokens() -> None:
    handles = [handle for file in render("klinik", clinic.objects()).files for handle in secrets.handles(file.text)]
    assert handles == ["klinik/voicemail/info"]


def _route(extension: str, source: str) -> Route:
    return Route("k.ring", extension, (Step("Hangup"),), ("users", source))


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (_route("anna", "a"), _route("anna", "b"), "extension anna of context k.ring is said twice"),
        (_route("anna-lisa", "a"), _route("annalisa", "b"), "extension annalisa of context k.ring is said twice"),
        (Queue("k.q", (), ("x",)), Queue("k.q", (), ("y",)), "queue k.q is said twice: at x and at y"),
        (Mailbox("k", "b", "B"), Mailbox("k", "b", "C"), "mailbox b@k is said twice"),
    ],
)
def test_clash_names_both_sides(first: AsteriskObject, second: AsteriskObject, said: str) -> None:
    with pytest.raises(Clash) as caught:
        render("k", [first, second])
    assert said in str(caught.value)
    assert (caught.value.first, caught.value.second) == (first.source, second.source)


def test_neighbours_do_not_clash() -> None:
    assert render("k", [_route("anna", "a"), _route("anna2", "b")]).files[0].text.count("exten =>") == 2


@pytest.mark.parametrize("evil", ["{{secret:other/pin}}", "{{{secret:other/pin}}", "x{{{{secret:y}}"])
def test_spoken_text_is_no_token(evil: str) -> None:
    text = of(render("k", [Sound(Speech(evil, "en"))]), "sounds.json")
    assert secrets.handles(text) == ()
    assert [each["text"] for each in json.loads(text).values()] == [evil]
