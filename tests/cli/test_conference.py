"""What `pbx conference` refuses before it asks any machine, and by which names it finds bookings."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli.main import run
from provisioner.core.ports.bookings import Booking
from provisioner.core.ports.conferences import EVERY_MEMBER, Held, Participant
from provisioner.wiring import Verification

EXAMPLES = Path(__file__).parents[2] / "examples"
SOON = ("--at", f"{datetime.now(UTC).year + 1}-01-11T10:00")


@pytest.mark.row("C11")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("lock", "nordverk", "projekt"), "did you mean project?"),
        (("mute", "nordverk", "board", "erik"), "it has: project, stand-up"),
        (("unlock", "solglantan", "project"), "it has: none"),
        (("lock", "nordvrek", "project"), "nordvrek"),
    ],
)
def test_no_such_conference(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conference", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err


class Asked:
    """A node on which everybody is in the conference stand-up; notes what it is asked to do."""

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []

    async def held(self, tenant: str) -> tuple[Held, ...]:
        assert tenant == "nordverk"
        return (Held("stand-up", False, (Participant("PJSIP/1", "+46701740605"),)),)

    async def lock(self, *what: object) -> None:
        self.done.append(("lock", *what))

    async def mute(self, *what: object) -> None:
        self.done.append(("mute", *what))

    async def remove(self, *what: object) -> None:
        self.done.append(("remove", *what))


@pytest.mark.row("C11")
@pytest.mark.parametrize("name", ["stand-up", "conference:stand-up"])
@pytest.mark.parametrize(
    ("words", "done"),
    [
        (("lock",), ("lock", "nordverk", "stand-up", True)),
        (("unlock",), ("lock", "nordverk", "stand-up", False)),
        (("mute", "+46701740605"), ("mute", "nordverk", "stand-up", "PJSIP/1", True)),
        (("unmute", "members"), ("mute", "nordverk", "stand-up", EVERY_MEMBER, False)),
        (("remove", "+46701740605"), ("remove", "nordverk", "stand-up", "PJSIP/1")),
    ],
)
def test_what_is_asked_of_the_conference(
    name: str,
    words: tuple[str, ...],
    done: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By its name alone or as destinations are written."""
    node = Asked()
    monkeypatch.setattr(Verification, "conferences", lambda _: node)
    what, *who = words
    assert run(["conference", what, "nordverk", name, *who, "--folder", str(EXAMPLES), "--format", "json"]) == 0
    assert node.done == [done]
    assert [each["name"] for each in json.loads(capsys.readouterr().out)["conferences"]] == ["stand-up"]


@pytest.mark.row("C10")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("projekt", *SOON, "--by", "erik"), "did you mean project?"),
        (("stand-up", "--at", "tomorrow", "--by", "erik"), "tomorrow"),
        (("stand-up", "--at", "2020-01-01T10:00", "--by", "erik"), "2020-01-01 10:00 is over"),
        (("stand-up", *SOON, "--by", "erik"), "erik has neither mail address nor mobile number"),
        (("stand-up", *SOON, "--by", "eirk"), "did you mean erik?"),
        (("stand-up", *SOON), "--by"),
        (("stand-up", *SOON, "--by", "erik", "--for", "soon"), "'soon' is no duration"),
    ],
)
def test_no_such_booking(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conference", "book", "nordverk", *words, "--folder", str(EXAMPLES)]) == 64
    assert told in capsys.readouterr().err


class Kept:
    """Bookings by tenant and id, of which none lies on a machine."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Booking] = {}

    async def booked(self, tenant: str) -> tuple[Booking, ...]:
        return tuple(each for (owner, _), each in self.found.items() if owner == tenant)

    async def keep(self, tenant: str, booking: Booking) -> None:
        self.found[tenant, booking.id] = booking


@pytest.mark.row("C10")
def test_a_booking_is_found_under_the_names_of_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, kept = tmp_path / "folder", Kept()
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns(".pbx", "secrets"))
    file = folder / "tenants/nordverk.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  erik:\n", "  erik:\n    email: erik@nordverk.example\n", 1), encoding="utf-8")
    monkeypatch.setattr(Verification, "bookings", lambda _: kept)

    def pbx(*words: str) -> list[dict[str, Any]]:
        assert run(["conference", *words, "--folder", str(folder), "--format", "json"]) == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["bookings"]
        return found

    invited = ("--invite", "user:erik", "--invite", "eva@client.example")
    (made,) = pbx("book", "nordverk", "conference:stand-up", *SOON, "--by", "user:erik", *invited)
    names = ("conference", "organizer", "invited")
    assert [made[each] for each in names] == ["stand-up", "erik", ["erik", "eva@client.example"]]
    for old, new in (("user:erik", "erik-b"), ("conference:stand-up", "daily")):
        assert run(["mv", "nordverk", old, new, "--folder", str(folder)]) == 0
    capsys.readouterr()
    (found,) = pbx("bookings", "nordverk")
    assert [found[each] for each in names] == ["daily", "erik-b", ["erik-b", "eva@client.example"]]
    pbx("change", "nordverk", made["id"], "--for", "45m")
    (booking,) = kept.found.values()
    assert (booking.conference, booking.organizer, booking.sequence) == ("daily", "erik-b", 1)
    assert run(["conference", "book", "nordverk", "daily", *SOON, "--by", "erik-b", "--folder", str(folder)]) == 64
    assert "the conference daily is booked for 'Stand-up'" in capsys.readouterr().err
    (gone,) = pbx("cancel", "nordverk", made["id"])
    assert gone["cancelled"]
