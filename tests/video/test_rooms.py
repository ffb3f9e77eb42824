"""The module that brings a tenant's video rooms about, with LiveKit's own server: what it ends and what it leaves."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.browser.meeting import Participant
from tests.video.kit import KEY, SECRET, House, room

ROLES = Path(__file__).parents[2] / "roles"
pytestmark = pytest.mark.row("C9")


@pytest.fixture(scope="module")
def module() -> ModuleType:
    sys.path[:0] = [str(ROLES / "video_tenant/library"), str(ROLES / "livekit/files")]
    import video_rooms

    return video_rooms


def test_a_file_is_laid_down_whole_and_only_where_it_differs(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners: list[tuple[str, str]] = []
    monkeypatch.setattr(shutil, "chown", lambda _, user, group: owners.append((user, group)))
    file = tmp_path / "acme.json"
    assert module.laid_down(file, "{}", dry=True)
    assert not file.exists()
    assert module.laid_down(file, "{}", dry=False)
    assert (file.read_text(), file.stat().st_mode & 0o777, owners) == ("{}", 0o640, [("root", "pbx-video")])
    assert not module.laid_down(file, "{}", dry=False)
    assert module.laid_down(file, "", dry=False)
    assert not module.laid_down(file, "", dry=False)
    assert list(tmp_path.iterdir()) == []


def test_what_the_file_no_longer_names_ends(module: ModuleType, meetings: House) -> None:
    from pbx_meet.livekit import LiveKit

    server = LiveKit(meetings.livekit, KEY, SECRET)
    meetings.tenant("ends", room("weekly"), room("board"))
    meetings.tenant("ends-not", room("weekly"))
    opened = meetings.ask("open", link=meetings.link("ends", user="anna"))[1]["link"]
    for link in (opened, meetings.link("ends", "board", user="anna"), meetings.link("ends-not", "weekly", user="anna")):
        meetings.ask("join", link=link, device="0123456789abcdef")

    def held() -> set[str]:
        return {each["name"].partition("~")[0] for each in server.rooms() if each["name"].startswith("ends")}

    def ended(wanted: dict[str, Any], dry: bool = False) -> list[str]:
        return list(module.ended("ends", wanted, server, dry=dry))

    with ExitStack() as browsers:
        anna, bo = (browsers.enter_context(Participant()) for _ in range(2))
        for who, user in ((anna, "anna"), (bo, "bo")):
            who.arrive(meetings.address(meetings.link("ends", "weekly", user=user)))
            who.come_in()
        same = {"rooms": [{"id": "weekly"}, {"id": "board"}], "users": [{"id": "anna"}, {"id": "bo"}]}
        assert ended(same) == []
        fewer = {"rooms": [{"id": "weekly"}], "users": [{"id": "anna"}]}
        assert sorted(ended(fewer, dry=True)) == ["bo sent out of weekly", "meeting in board ended"]
        assert held() == {"ends.weekly", "ends.board", "ends.", "ends-not.weekly"}
        assert sorted(ended(fewer)) == ["bo sent out of weekly", "meeting in board ended"]
        bo.reads("status", "A leader has removed you from the meeting.")
        assert held() == {"ends.weekly", "ends.", "ends-not.weekly"}, json.dumps(server.rooms())
        assert anna.people() == ["Anna Berg, you, leads"]
        assert len(ended({})) == 2
        anna.reads("status", "The meeting has been ended.")
        assert held() == {"ends-not.weekly"}
