"""Faxes from the public network, sent by a real fax modem in software, as mails with a PDF."""

from __future__ import annotations

import asyncio
import io
import time

import pytest
from pypdf import PdfReader

from provisioner.adapters.lab import catcher
from provisioner.core.ports.fax import Sent
from provisioner.core.probes import Dials, HangsUp, IsAnswered, Outside, Waits
from tests.lab.reception.reception import Reception

pytestmark = [pytest.mark.lab, pytest.mark.engine]

NUMBER, TENANT = "+46980319210", "mailboxes"
WITHIN = 40
"""Seconds until a mail and a text message tell of a fax."""


def told(reception: Reception, caller: str, since: float) -> list[catcher.Caught]:
    """The mail and the text message about a fax of that caller."""
    ends = time.monotonic() + WITHIN
    found: list[catcher.Caught] = []
    while len(found) < 2 and time.monotonic() < ends:
        time.sleep(0.5)
        found = [each for each in catcher.caught(reception.lab.run) if caller in each.text and each.at > since]
    return sorted(found, key=lambda each: each.kind)


def send(reception: Reception, caller: str, pages: int, *, t38: bool = False) -> Sent:
    return asyncio.run(reception.verification().fax_machine(t38=t38).send(caller, NUMBER, pages, 150))


@pytest.mark.row("R8")
def test_r8_a_fax_of_two_pages_arrives_as_a_mail_with_a_pdf(reception: Reception) -> None:
    began = time.time()
    sent = send(reception, "+46701740660", 2)
    assert (sent.confirmed, sent.mode) == (True, "audio")
    found = told(reception, "+46701740660", began)
    assert [each.kind for each in found] == ["mail", "sms"]
    mail, sms = found
    assert mail.to == ("fax@mailboxes.example",)
    assert mail.subject == "Fax till Kontoret från +46701740660, sidor: 2"
    assert "Mottagna sidor: 2\n" in mail.text
    ((name, content),) = mail.files
    assert name == "mailboxes.pdf"
    assert len(PdfReader(io.BytesIO(content)).pages) == 2
    assert sms.text.startswith("Fax till Kontoret från +46701740660, sidor: 2, ")


@pytest.mark.row("R8")
def test_r8_a_fax_by_t38_arrives_too(reception: Reception) -> None:
    began = time.time()
    sent = send(reception, "+46701740664", 3, t38=True)
    assert (sent.confirmed, sent.mode) == (True, "T38")
    mail, _ = told(reception, "+46701740664", began)
    ((_, content),) = mail.files
    assert len(PdfReader(io.BytesIO(content)).pages) == 3


@pytest.mark.row("R8")
def test_r8_faxes_are_kept_for_thirty_days(reception: Reception) -> None:
    home = "/var/spool/asterisk/pbx-fax"
    for days in (29, 31):
        reception.run("core", f"echo page > {home}/mailboxes.test.{days}.tif")
        reception.run("core", f"touch -m -d '{days} days ago' {home}/mailboxes.test.{days}.tif")
    # A lab masks the timer that Debian runs daily; what it starts is the same.
    reception.run("core", "test -e /usr/lib/systemd/system/timers.target.wants/systemd-tmpfiles-clean.timer")
    reception.run("core", "systemctl start systemd-tmpfiles-clean.service")
    kept = reception.run("core", f"ls {home}")
    reception.run("core", f"rm -f {home}/mailboxes.test.*")
    assert "mailboxes.test.29.tif" in kept
    assert "mailboxes.test.31.tif" not in kept


@pytest.mark.row("R8")
def test_r8_a_call_that_is_no_fax_is_told_as_failed_and_leaves_no_channel(reception: Reception) -> None:
    began, caller = time.time(), Outside("+46701740661")
    reception.perform(TENANT, Dials(caller, NUMBER), IsAnswered(caller), Waits(3), HangsUp(caller))
    mail, sms = told(reception, "+46701740661", began)
    assert mail.subject == "Fax till Kontoret från +46701740661 kom inte fram"
    assert "Mottagna sidor: 0\n" in mail.text
    assert not mail.files
    assert "kom inte fram" in sms.text
    assert "0 active channels" in reception.asterisk("core show channels count")
