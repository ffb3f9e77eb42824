"""`pbx conference link`: what it refuses before it signs anything, and that the door of LiveKit reads what it signs."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from provisioner.cli.main import run
from provisioner.pipeline import video_links
from provisioner.pipeline.compile import compile_tenant
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate

FOLDER = Path(__file__).parents[1] / "lab/reception/folder"
ROLE = Path(__file__).parents[2] / "roles/livekit/files"
KEY = "a-key-of-tests-that-is-as-long-as-a-digest"
NOW = datetime.now(UTC)
pytestmark = pytest.mark.row("C9")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("video", "weeky"), "did you mean weekly?"),
        (("video", "--user", "ana"), "did you mean anna?"),
        (("video", "weekly", "--user", "cecilia"), "there are: anna, bo"),
        (("video",), "name a room, or --user USER"),
        (("video", "weekly", "--user", "bo", "--guest", "Lars"), "make a link for each"),
        (("chat", "weekly"), "add `video: {}`"),
    ],
)
def test_refused(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conference", "link", *words, "--folder", str(FOLDER)]) == 64
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("room", "user", "guest", "name", "leads"),
    [
        ("weekly", "anna", "", "Anna Berg", True),
        ("weekly", "bo", "", "Bo Dahl", False),
        ("weekly", "", "Lars Ek", "Lars Ek", False),
        ("weekly", "", "", "", False),
        ("", "bo", "", "Bo Dahl", False),
    ],
)
def test_the_door_reads_what_is_signed(
    room: str, user: str, guest: str, name: str, leads: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the tenant's file as it is rendered, the key in place."""
    monkeypatch.setattr(sys, "path", [str(ROLE), *sys.path])
    from pbx_meet import links

    found = validate(load(FOLDER, frozenset({"video"})))
    tenant, scope = found.tenants["video"], found.scopes["video"]
    (bundle,) = (each for each in compile_tenant(tenant, scope).bundles if each.product == "video")
    text = bundle.files[0].text.replace("{{secret:signing/video-video}}", KEY)
    (tmp_path / "video.json").write_text(text, encoding="utf-8")
    assert json.loads(text)["key"] == KEY

    made = video_links.link(tenant.video, scope, room, user, guest)
    read = links.read(video_links.signed(made, KEY, NOW, NOW + timedelta(days=1)), tmp_path)
    assert (read.room.id if read.room else "", read.user.id if read.user else "") == (room, user)
    assert (read.name, read.leads) == (name, leads)
    for signed in (
        video_links.signed(made, KEY, NOW - timedelta(2), NOW - timedelta(1)),
        video_links.signed(made, KEY + "x", NOW, NOW + timedelta(1)),
    ):
        with pytest.raises(links.Refused):
            links.read(signed, tmp_path)


def test_two_links_are_never_the_same() -> None:
    made = video_links.Link("video", "weekly", "", "")
    first, second = (
        jwt.decode(video_links.signed(made, KEY, NOW, NOW + timedelta(1)), KEY, ["HS256"], audience="join")
        for _ in range(2)
    )
    assert first["jti"] != second["jti"]
