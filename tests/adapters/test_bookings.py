"""What is booked, over a shell: kept as a file of the tenant's, found again as it was."""

# ruff: noqa: ARG002  (the fake takes what the port gives)

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.live import bookings
from provisioner.adapters.live.bookings import SshBookings
from provisioner.adapters.sip.shell import ShellError
from provisioner.core.ports.bookings import Booking, Letter, Reminder

pytestmark = pytest.mark.row("C10")

WEEKLY = Booking(
    id="1b4e28ba",
    conference="weekly",
    title="Möte »ett«; $(id)\u2028\x85",
    organizer="anna",
    invited=("bo", "+46701740605"),
    zone="Europe/Stockholm",
    moments=(1_799_658_000, 1_800_262_800),
    seconds=3600,
    every="week",
    remind=(900,),
    letters=(Letter(0, 1_799_000_000, "mail", "bo@acme.example", "Inbjudan", "Rad\nRad", "BEGIN\r\n", "REQUEST"),),
    reminders=(Reminder("sms", "+46701740605", "", "{time}"),),
)  # fmt: skip


class Machine:
    """This one, whose user stands for Asterisk's."""

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        command = command.replace("-o asterisk -g asterisk ", "").replace("chown asterisk:asterisk", "test -e")
        return subprocess.run(["sh", "-c", command], input=stdin, check=True, capture_output=True).stdout


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SshBookings:
    monkeypatch.setattr(bookings, "HOME", str(tmp_path))
    return SshBookings(lambda _: Machine())


def test_found_as_it_was_kept_and_of_its_tenant_alone(kept: SshBookings, tmp_path: Path) -> None:
    assert asyncio.run(kept.booked("acme")) == ()
    asyncio.run(kept.keep("acme", WEEKLY))
    assert asyncio.run(kept.booked("acme")) == (WEEKLY,)
    assert asyncio.run(kept.booked("other")) == ()
    assert {each.name for each in (tmp_path / "acme").iterdir()} == {"1b4e28ba.json", ".lock"}
    assert (tmp_path / "acme/1b4e28ba.json").stat().st_mode & 0o777 == 0o640


def test_of_two_who_book_at_the_same_moment_the_second_is_told(kept: SshBookings, tmp_path: Path) -> None:
    other = SshBookings(lambda _: Machine())
    for each in (kept, other):
        assert asyncio.run(each.booked("acme")) == ()
    asyncio.run(other.keep("acme", WEEKLY))
    with pytest.raises(ShellError, match="somebody else changed bookings of acme") as refused:
        asyncio.run(kept.keep("acme", replace(WEEKLY, id="2")))
    assert "run the same command again" in refused.value.remedy
    assert {each.name for each in (tmp_path / "acme").iterdir()} == {"1b4e28ba.json", ".lock"}
    assert asyncio.run(kept.booked("acme")) == (WEEKLY,)
    asyncio.run(kept.keep("acme", replace(WEEKLY, sequence=1)))
    asyncio.run(kept.booked("acme"))
    asyncio.run(kept.keep("acme", replace(WEEKLY, id="2")))
    assert {each.id for each in asyncio.run(other.booked("acme"))} == {"1b4e28ba", "2"}


def test_what_cannot_be_read_is_told(kept: SshBookings, tmp_path: Path) -> None:
    asyncio.run(kept.keep("acme", WEEKLY))
    (tmp_path / "acme/2.json").write_text("{}")
    with pytest.raises(ShellError, match="a booking of acme cannot be read"):
        asyncio.run(kept.booked("acme"))
