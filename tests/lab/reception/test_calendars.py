"""Calendars set activities: at the second at which an event begins and ends, also while their server is away.

The server is Radicale on the data node, which the core node reaches; its users and passwords are those of the tenant.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.core.artifacts import Speech
from provisioner.core.ports.sip import CallState
from provisioner.features.activities.usual import USUAL
from tests.lab.reception.conftest import GIVEN
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("A5")]

TENANT, ANNA = "calendars", "+46406280495"
PASSWORDS = {"anna": GIVEN["CALENDARS_CALENDARS"], "bo": GIVEN["CALENDARS_BO"]}
PLACE = "/run/radicale"
OPEN = "tcp dport 5232 accept comment calendars"
RUN = (
    f"systemd-run --quiet --unit=calendars-server radicale --server-hosts=0.0.0.0:5232 --auth-type=htpasswd "
    f"--auth-htpasswd-filename={PLACE}/users --auth-htpasswd-encryption=plain "
    f"--storage-filesystem-folder={PLACE}/data"
)


@dataclass
class Server:
    """Radicale with one calendar for each user."""

    reception: Reception

    def begin(self) -> None:
        self.reception.run("data", RUN)
        answer = "curl -s -o /dev/null --retry 40 --retry-delay 1 --retry-all-errors http://localhost:5232/"
        self.reception.run("data", answer)

    def end(self) -> None:
        self.reception.run("data", "systemctl stop calendars-server || true; systemctl reset-failed || true")

    def ask(self, user: str, method: str, name: str = "", body: str = "") -> None:
        login = shlex.quote(f"{user}:{PASSWORDS[user]}")
        place = f"http://localhost:5232/{user}/work/{name}"
        text = f"printf %s {shlex.quote(body)} | " if body else ""
        data = "--data-binary @- -H 'Content-Type: text/calendar'" if body else ""
        self.reception.run("data", f"{text}curl -sS --fail -o /dev/null -u {login} -X {method} {data} {place}")

    def put(self, user: str, title: str, begins: datetime, ends: datetime) -> None:
        start, end = (each.strftime("%Y%m%dT%H%M%SZ") for each in (begins, ends))
        lines = (
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", "UID:event", f"DTSTAMP:{start}",
            f"DTSTART:{start}", f"DTEND:{end}", f"SUMMARY:{title}", "END:VEVENT", "END:VCALENDAR", "",
        )  # fmt: skip
        self.ask(user, "PUT", "event.ics", "\r\n".join(lines))


@pytest.fixture
def server(reception: Reception) -> Iterator[Server]:
    users = "".join(f"{user}:{password}\n" for user, password in PASSWORDS.items())
    made = Server(reception)
    made.end()
    write = f"rm -rf {PLACE} && mkdir -p {PLACE} && printf %s {shlex.quote(users)} >{PLACE}/users"
    reception.run("data", write)
    reception.run("core", "sed -i 's/ data$/ data calendars.lab/' /etc/hosts")
    reception.run("data", f"nft insert rule inet pbx input {OPEN}")
    made.begin()
    for user in PASSWORDS:
        made.ask(user, "MKCALENDAR")
    yield made
    for user in PASSWORDS:
        reception.pbx("activity", TENANT, user, "clear")
    reception.run("data", f"rm -rf {PLACE}/data/collection-root/*/work/*.ics")
    made.end()
    reception.run("core", "systemctl stop pbx-calendars; rm -f /var/lib/pbx-calendars/calendars.json")
    reception.run("core", "sed -i 's/ calendars.lab$//' /etc/hosts; systemctl start pbx-calendars")
    handle = "nft -a list chain inet pbx input | sed -n 's/.*calendars.* handle //p'"
    reception.run("data", f"for each in $({handle}); do nft delete rule inet pbx input handle $each; done")


def kept(reception: Reception) -> dict[str, Any]:
    """What the core node knows of each user's calendar."""
    found: dict[str, Any] = json.loads(reception.run("core", "cat /var/lib/pbx-calendars/calendars.json"))
    return found


def until(what: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends
        time.sleep(0.3)


def read_again(reception: Reception, *users: str) -> None:
    """Lets the node read all calendars now, and waits until it has."""
    began = {user: kept(reception)[user]["read"] for user in users}
    reception.run("core", "systemctl reload pbx-calendars")
    until(lambda: all(kept(reception)[user]["read"] != began[user] for user in users))


def shown(reception: Reception, user: str) -> tuple[str, str]:
    told = reception.document("activity", TENANT, user)
    return told["activity"], told["by"]


def said(name: str) -> Speech:
    return Speech(USUAL[name].said_sv, "sv")


def test_a5_an_event_begins_and_ends_at_its_second_though_the_server_is_away(
    reception: Reception, server: Server
) -> None:
    begins, ends = (datetime(2027, 3, 1, hour, tzinfo=UTC) for hour in (11, 12))  # noon in Stockholm, for an hour
    entry = "database get pbx/calendars activity-anna"
    server.put("anna", "Lunch med Bo", begins, ends)
    lost = "journalctl -u pbx-calendars -o cat -g 'of calendars cannot be read' || true"
    before = reception.run("core", lost).count("of anna")

    async def play(stage: Stage) -> None:
        telephone, caller = await stage.phone("anna"), await stage.outside()
        await stage.clock("2027-03-01 11:59:00")
        read_again(reception, "anna", "bo")
        assert [each[3] for each in kept(reception)["anna"]["spans"]] == ["lunch"]
        server.end()
        reception.run("core", "systemctl reload pbx-calendars")
        until(lambda: bool(kept(reception)["anna"]["failing"]))
        reception.run("core", "systemctl reload pbx-calendars")  # and fails again
        await stage.clock("2027-03-01 11:59:57")
        until(lambda: f"Value: lunch:{int(ends.timestamp())}:calendar:" in reception.asterisk(entry))
        call = await stage.dial(caller, ANNA)
        await stage.hears(call, said("lunch"))
        await call.hang_up()
        await stage.clock("2027-03-01 12:59:57")
        await asyncio.sleep(4)  # the hour is over by itself
        call = await caller.call(ANNA)
        taken = await stage.pick_up(telephone)
        await call.until(CallState.UP, timeout=5)
        await taken.hang_up()

    reception.on_stage(TENANT, play)
    until(lambda: shown(reception, "anna")[0] == "available")  # by today's clock the event is yet to come
    told = reception.document("activity", TENANT)
    assert [each["user"] for each in told["calendars"]] == ["anna", "bo"]
    assert "Connection" in told["calendars"][0]["why"]
    assert "warning: the calendar of anna cannot be read since" in reception.pbx("activity", TENANT)
    page = reception.run("core", "curl -sS http://$(hostname):9790/metrics")
    assert 'pbx_calendars_failing{tenant="calendars"} 2.0' in page
    server.begin()
    read_again(reception, "anna", "bo")
    assert reception.document("activity", TENANT)["calendars"] == []
    # Once, though it was tried twice.
    assert reception.run("core", lost).count("of anna") == before + 1


def test_a5_what_a_user_says_stands_above_her_calendar(reception: Reception, server: Server) -> None:
    now = datetime.now(UTC)
    server.put("bo", "Planering", now - timedelta(hours=1), now + timedelta(hours=1))
    read_again(reception, "bo")
    until(lambda: shown(reception, "bo") == ("meeting", "calendar"))
    reception.pbx("activity", TENANT, "bo", "set", "lunch")
    read_again(reception, "bo")
    assert shown(reception, "bo") == ("lunch", "hand")
    until(lambda: kept(reception)["bo"]["last"].startswith("lunch:"))
    reception.pbx("activity", TENANT, "bo", "clear")
    until(lambda: kept(reception)["bo"]["quiet"] > 0)
    assert shown(reception, "bo")[0] == "available", "she said so, and the meeting goes on without her"
    # Until it is over: another one is news.
    server.ask("bo", "DELETE", "event.ics")
    read_again(reception, "bo")
    until(lambda: kept(reception)["bo"]["quiet"] == 0 or kept(reception)["bo"]["spans"] == [])
    assert shown(reception, "bo")[0] == "available"
