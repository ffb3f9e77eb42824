"""The door to video rooms, with LiveKit's own server: whom a link lets in, and what it lets nobody do."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any

import jwt
import pytest

from tests.video.kit import KEY, SECRET, House, room

pytestmark = pytest.mark.row("C9")
DEVICE = "0123456789abcdef"


def join(house: House, link: str, **words: str) -> tuple[int, dict[str, Any]]:
    return house.ask("join", link=link, **{"name": "Lars Ek", "device": DEVICE, **words})


def grants(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, SECRET, algorithms=["HS256"], issuer=KEY)["video"])


def test_a_token_opens_one_room_of_one_tenant(meetings: House) -> None:
    meetings.tenant("one", room("weekly"))
    meetings.tenant("two", room("weekly"))
    for slug in ("one", "two"):
        status, told = join(meetings, meetings.link(slug, "weekly", guest=""))
        assert status == 200
        assert grants(told["token"])["room"] == f"{slug}.weekly"


@pytest.mark.row("C8")
@pytest.mark.parametrize(
    ("says", "kind"), [({"user": "anna"}, "leader"), ({"user": "bo"}, "user"), ({"guest": ""}, "guest")]
)
def test_everybody_shows_and_nobody_rules(meetings: House, says: dict[str, str], kind: str) -> None:
    """Also leaders' browsers: their wishes go by the door."""
    meetings.tenant("grants", room("weekly"))
    _, told = join(meetings, meetings.link("grants", "weekly", **says))
    assert grants(told["token"]) == {
        "roomJoin": True,
        "room": "grants.weekly",
        "canSubscribe": True,
        "canPublish": True,
        "canPublishSources": ["camera", "microphone", "screen_share", "screen_share_audio"],
        "canPublishData": False,
    }
    said = jwt.decode(told["token"], SECRET, algorithms=["HS256"])
    assert said["attributes"] == {"kind": kind}
    assert said["exp"] - said["nbf"] <= 320


def test_whoever_was_sent_out_comes_in_by_no_other_browser(meetings: House) -> None:
    meetings.tenant("out", room("weekly"))
    anna, bo, guests = (
        meetings.link("out", "weekly", **who) for who in ({"user": "anna"}, {"user": "bo"}, {"guest": ""})
    )
    assert join(meetings, anna)[0] == 200
    _, told = join(meetings, guests)
    first = jwt.decode(told["token"], SECRET, algorithms=["HS256"])["sub"]
    for who in (f"user.bo.{DEVICE}", first):
        # LiveKit has never seen them: they hold tokens, and have not come in.
        assert meetings.ask("lead", link=anna, act="remove", who=who) == (409, {"error": "not_held"})
    for link, device, wanted in (
        (bo, DEVICE, (403, "removed")),
        (bo, "another00001", (403, "removed")),
        (guests, DEVICE, (403, "removed")),
        (guests, "another00001", (200, None)),
    ):
        status, told = join(meetings, link, device=device)
        assert (status, told.get("error")) == wanted, (link, device)


def test_links_that_do_not_hold(meetings: House) -> None:
    meetings.tenant("holds", room("weekly"), room("inside", guests=False))
    meetings.tenant("other", room("weekly"))
    link = meetings.link
    for bad, status, why in (
        (link("holds", "weekly", seconds=-1, guest=""), 403, "expired"),
        (link("holds", "weekly", key=meetings.key("other"), guest=""), 403, "unknown"),
        (link("holds", "weekly", guest="").rpartition(".")[0] + ".", 403, "unknown"),
        (
            jwt.encode({"iss": "holds", "aud": "join", "exp": 9e9, "jti": "1", "room": "weekly"}, None, "none"),
            403,
            "unknown",
        ),
        (
            jwt.encode({"iss": "holds", "aud": "join", "jti": "1", "room": "weekly"}, meetings.key("holds")),
            403,
            "unknown",
        ),
        (jwt.encode({"iss": "holds", "exp": 9e9, "jti": "1", "room": "weekly"}, meetings.key("holds")), 403, "unknown"),
        (link("nobody", "weekly", guest=""), 403, "unknown"),
        (link("../holds", "weekly", guest=""), 403, "unknown"),
        (link("holds", "lost", guest=""), 410, "gone"),
        (link("holds", "weekly", user="cecilia"), 410, "gone"),
        (link("holds", "inside", guest=""), 403, "no_guests"),
        (link("holds", guest=""), 403, "unknown"),
        ("", 403, "unknown"),
        ("a.b.c", 403, "unknown"),
    ):
        assert meetings.ask("look", link=bad) == (status, {"error": why}), bad


def test_a_room_that_was_signed_into_a_link_stays_inside_its_tenant(meetings: House) -> None:
    """Names with dots, which no file's room has, lead into nobody else's."""
    meetings.tenant("a", room("weekly"))
    meetings.tenant("b", room("weekly"))
    assert meetings.ask("into", link=meetings.link("a", user="anna"), room="b.weekly")[0] == 410
    status, told = meetings.ask("into", link=meetings.link("a", user="anna"), room="weekly")
    assert status == 200
    assert grants(join(meetings, told["link"])[1]["token"])["room"] == "a.weekly"


def test_only_leaders_lead(meetings: House) -> None:
    meetings.tenant("leads", room("weekly"))
    for says in ({"user": "bo"}, {"guest": ""}):
        link = meetings.link("leads", "weekly", **says)
        for act in ("lock", "mute", "remove", "end", "admit", "look"):
            assert meetings.ask("lead", link=link, act=act) == (403, {"error": "not_leading"})
    anna = meetings.link("leads", "weekly", user="anna")
    assert meetings.ask("lead", link=anna, act="lock") == (409, {"error": "not_held"})
    assert meetings.ask("lead", link=anna, act="admit", who="x") == (404, {"error": "left"})
    assert meetings.ask("lead", link=anna, act="dance") == (400, {"error": "act"})


def test_whoever_waits_is_let_in_by_her_own_ticket_once(meetings: House) -> None:
    meetings.tenant("waits", room("board", lobby="everybody"))
    anna = meetings.link("waits", "board", user="anna")
    lars, bo = meetings.link("waits", "board", guest=""), meetings.link("waits", "board", user="bo")
    _, told = join(meetings, lars)
    ticket = told["waiting"]
    assert set(told) == {"waiting"}, "no token before she is let in"
    assert join(meetings, lars, ticket=ticket)[1] == {"waiting": ticket}
    second = join(meetings, bo)[1]["waiting"]
    waiting = [{"ticket": ticket, "name": "Lars Ek"}, {"ticket": second, "name": "Bo Dahl"}]
    assert meetings.ask("lead", link=anna, act="look")[1] == {"waiting": waiting}
    assert meetings.ask("lead", link=anna, act="admit", who=ticket)[1] == {"waiting": waiting[1:]}
    assert "token" in join(meetings, lars, ticket=ticket)[1]
    assert "waiting" in join(meetings, lars, ticket=ticket)[1], "a ticket is good once"
    meetings.ask("lead", link=anna, act="deny", who=second)
    assert join(meetings, bo, ticket=second) == (403, {"error": "denied"})


def test_names_are_plain_and_needed(meetings: House) -> None:
    meetings.tenant("names", room("weekly"))
    link = meetings.link("names", "weekly", guest="")
    assert join(meetings, link, name=" \u202e\n ") == (400, {"error": "name"})
    token = join(meetings, link, name=" Eva\n\x00  Ny " + "x" * 100)[1]["token"]
    assert jwt.decode(token, SECRET, algorithms=["HS256"])["name"] == ("Eva Ny " + "x" * 100)[:60]
    assert join(meetings, link, device="../x") == (400, {"error": "device"})


def test_whoever_may_not_invite_gets_no_link_for_guests(meetings: House) -> None:
    meetings.tenant("asks", room("weekly"), room("inside", guests=False))
    for user, where, there in (("anna", "weekly", True), ("bo", "weekly", False), ("anna", "inside", False)):
        told = meetings.ask("invite", link=meetings.link("asks", where, user=user))[1]
        assert bool(told["guests"]) is there, (user, where)
    told = meetings.ask("invite", link=meetings.link("asks", "weekly", guest=""))[1]
    assert told == {"room": "", "guests": ""}
    opened = meetings.ask("open", link=meetings.link("asks", user="anna"))[1]["link"]
    guest = meetings.ask("invite", link=opened)[1]["guests"]
    assert meetings.ask("look", link=guest)[1]["guest"] is True
    assert "waiting" in join(meetings, guest)[1], "people from outside wait in a room that a user opened"


def test_nobody_makes_a_room_by_coming_in(meetings: House) -> None:
    grant = {"roomJoin": True, "room": "holds.secret"}
    token = jwt.encode({"iss": KEY, "sub": "x", "exp": 9e9, "video": grant}, SECRET)
    connection = http.client.HTTPConnection("127.0.0.1", meetings.livekit, timeout=5)
    connection.request("GET", f"/rtc/validate?access_token={token}")
    assert connection.getresponse().status == 404


def test_what_is_no_question(meetings: House) -> None:
    for path, body, status in (
        ("/look", b"[]", 404),
        ("/look", b"{", 400),
        ("/", b"{}", 404),
        ("/look", b'"' + b"x" * 20_000 + b'"', 413),
        ("/look", json.dumps({"link": base64.b64encode(b"\xff" * 40).decode()}).encode(), 403),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", meetings.meet, timeout=5)
        connection.request("POST", path, body)
        assert connection.getresponse().status == status, (path, body[:20])
    meetings.tenant("broken")
    (meetings.folder / "tenants" / "broken.json").write_text("{")
    assert meetings.ask("look", link=meetings.link("broken", user="anna"))[0] == 400
