"""Notices from a call in the dialplan to the lab's mail relay and text-message gateway, also over crashes."""

from __future__ import annotations

import time

import pytest

from provisioner.adapters.lab import catcher
from provisioner.core.feature import Scope
from provisioner.core.notices import Words
from provisioner.targets.asterisk.notices import notice, notify
from provisioner.targets.asterisk.objects import Route, Step

from .conftest import Core
from .test_calls import send

pytestmark = pytest.mark.lab

SCOPE = Scope("told", "Told & Co", "told.example", "Europe/Stockholm", "sv", "SE")
WORDS = {"sv": Words("Ring {number}", "Ring upp {number}.\nFrån: {caller}", "Ring {number} åt {caller}")}
SECONDS = 40
"""Until a notice has come: the second try is 5 s after the first, the third 10 s after that."""


def objects() -> list[object]:
    told = notice("test.call", WORDS, SCOPE, mail=["bo@told.example"], sms=["+46701740605"])
    steps = (
        Step("Set", "CALLERID(num)=+46701740606"),
        notify("told", "test.call", number="${EXTEN}"),
        Step("Hangup"),
    )
    return [told, Route("told.numbers", "_X.", steps)]


def arrived(core: Core, number: str) -> list[catcher.Caught]:
    return [each for each in catcher.caught(core.lab.run) if number in each.text]


def wait_for(core: Core, number: str) -> list[catcher.Caught]:
    ends = time.monotonic() + SECONDS
    while len(found := arrived(core, number)) < 2 and time.monotonic() < ends:
        time.sleep(0.3)
    return found


def call(core: Core, number: str) -> None:
    core.sh(send(core, number, r"X-PBX-Tenant: told\nX-PBX-Trunk: carrier") + " || :", "edge")
    ends = time.monotonic() + 10
    while f"number={number}" not in core.sh("cat /var/log/asterisk/queue_log*"):
        assert time.monotonic() < ends, "the call left no line"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def told(core: Core) -> Core:
    core.lay_down("told", objects())  # type: ignore[arg-type]
    return core


def test_a_call_sends_a_mail_and_a_text_message(told: Core) -> None:
    call(told, "0701")
    mail, sms = sorted(wait_for(told, "0701"), key=lambda each: each.kind)
    assert (mail.to, mail.sender, mail.subject) == (("bo@told.example",), "Told & Co <pbx@lab.example>", "Ring 0701")
    assert mail.text == "Ring upp 0701.\nFrån: +46701740606\n"
    assert (sms.to, sms.text) == (("+46701740605",), "Ring 0701 åt +46701740606")


def test_what_cannot_leave_waits_through_crashes_and_leaves_once(told: Core) -> None:
    told.sh("systemctl stop pbx-catcher", "carrier")
    call(told, "0702")
    # Both die without a word: Asterisk right after the step, the sender with the messages in its spool.
    told.sh("systemctl kill -s KILL asterisk pbx-notices")
    told.sh("systemctl kill -s KILL pbx-notices; sleep 3; systemctl start asterisk")
    assert not arrived(told, "0702")
    told.sh("systemctl start pbx-catcher", "carrier")
    assert sorted(each.kind for each in wait_for(told, "0702")) == ["mail", "sms"]
    told.sh("systemctl restart pbx-notices; sleep 2")
    assert len(arrived(told, "0702")) == 2


def test_a_call_that_is_made_while_the_sender_is_down_is_told_later(told: Core) -> None:
    told.sh("systemctl stop pbx-notices")
    call(told, "0703")
    told.sh("logrotate --force /etc/logrotate.d/asterisk 2>/dev/null || { cd /var/log/asterisk; "
            "mv queue_log queue_log.1; asterisk -rx 'logger reload'; }")  # fmt: skip
    call(told, "0704")
    told.sh("systemctl start pbx-notices")
    assert sorted(each.kind for each in wait_for(told, "0703")) == ["mail", "sms"]
    assert sorted(each.kind for each in wait_for(told, "0704")) == ["mail", "sms"]


def test_the_sender_is_no_root_and_owns_only_its_spool(told: Core) -> None:
    pid = told.sh("systemctl show -p MainPID --value pbx-notices").strip()
    assert told.sh(f"stat -c %U /proc/{pid}").strip() not in ("root", "asterisk")
    assert told.sh("stat -c %a:%U /etc/pbx/notices.json").strip() == "600:root"


def test_nothing_else_of_the_core_gets_out_or_in(told: Core) -> None:
    address = next(each for each in told.lab.status().machines if each.name == "carrier").public_address
    reach = "timeout 2 bash -c 'echo >/dev/tcp/{}/{}' 2>/dev/null && echo open || echo closed"
    assert told.sh(reach.format(address, catcher.PORTS[0])).strip() == "open"
    assert told.sh(reach.format(address, 22)).strip() == "closed"
    assert told.sh(reach.format(told.address, 22), "carrier").strip() == "closed"
