"""Telephones that set themselves up: from a link alone, with settings that lie behind a secret and nowhere else."""

from __future__ import annotations

import asyncio
import re

import pytest

from provisioner.core.ports.sip import CallState
from tests.lab.reception.device_scene import (
    EAR,
    TALK,
    TENANT,
    VOICE,
    says,
)
from tests.lab.reception.linphone import Linphone
from tests.lab.reception.media import PLAIN, sizes
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]


@pytest.mark.row("U14")
def test_u14_linphone_sets_itself_up_from_its_link_alone(reception: Reception) -> None:
    """It fetches its settings, registers by TLS, calls and is called, with protected media."""

    async def play(stage: Stage) -> None:
        desk = await stage.phone("bo")
        link = reception.document("device", TENANT, "link", "anna-app")["link"]
        certificate = reception.run("edge", "cat /etc/kamailio/tls/certificate.pem")
        with Linphone(reception.lab.namespace("phones"), link, certificate, VOICE.tone(800, 60)) as phone:
            await asyncio.to_thread(phone.until, "registered, identity=", ask="status register")
            assert "anna-app@devices.example" in phone.said()
            phone.take_files()
            phone.tell("call sip:22@devices.example")
            into = await stage.pick_up(desk)
            await asyncio.to_thread(phone.until, "Media streams established")
            phone.speak()
            await into.play(VOICE.tone(1900, 10))
            await asyncio.sleep(TALK)
            says(await into.heard(), 800)
            assert await sizes(reception, desk) == PLAIN
            assert re.search(r"m=audio \d+ RTP/SAVP ", phone.log())
            phone.tell("terminate")
            assert await into.until(timeout=5) is CallState.ENDED
            await asyncio.to_thread(phone.until, "ended")
            assert EAR.tone(phone.heard(), 1900, 1, TALK).heard

            back = await desk.call("21")
            await asyncio.to_thread(phone.until, "Receiving new incoming call")
            phone.tell("answer")
            assert await back.until(CallState.UP, timeout=5) is CallState.UP
            await back.hang_up()

    reception.on_stage(TENANT, play)


@pytest.mark.row("U14")
def test_u14_settings_lie_behind_a_secret_and_nowhere_else(reception: Reception) -> None:
    link = reception.document("device", TENANT, "link", "anna-app")["link"]

    def fetch(address: str) -> str:
        ask = f"curl --silent --insecure --output /dev/null --write-out '%{{http_code}}' '{address}'"
        return reception.run("phones", ask)

    secret = link.split("/")[-2]
    assert fetch(link) == "200"
    for wrong in (link.replace(secret, "a" * 28), link.replace("linphone.xml", ""), link.rpartition("/devices/")[0]):
        assert fetch(wrong) in ("403", "404")
    for place in (link.replace(f"/{secret}/linphone.xml", "/"), link.replace(f"/{TENANT}/{secret}/linphone.xml", "/")):
        assert fetch(place) in ("403", "404")
    # Nobody keeps the link: not the web server's log, nor what the tool renders, plans and remembers.
    reception.run("edge", f"! grep -rqF {secret} /var/log /run/log 2>/dev/null")
    kept = [*reception.path.rglob("*.yaml"), *(reception.path / ".pbx").rglob("*")]
    assert not [each for each in kept if each.is_file() and secret.encode() in each.read_bytes()]
    assert reception.run("edge", f"stat -c %a:%G /var/lib/pbx-devices/{TENANT}/*/linphone.xml").split() == [
        "640:www-data"
    ]


@pytest.mark.row("N5", "U14")
def test_n5_a_base_fetches_one_file_with_which_each_of_its_handsets_registers(reception: Reception) -> None:
    link = reception.document("device", TENANT, "link", "base.hall")["link"]
    fetched = reception.run("phones", f"curl --silent --insecure --fail '{link}805ec04a1b71.cfg'")
    said = dict(line.split(" = ", 1) for line in fetched.splitlines()[1:])
    assert not [line for line in fetched.splitlines() if "@EDGE@" in line or "{{" in line], "everything is filled in"
    assert said["static.auto_provision.server.url"] == link
    known = {
        (each.user, each.device): each
        for each in reception.verification().surroundings(reception.specification()).accounts
        if each.tenant == TENANT
    }
    for number, owner in (("1", ("anna", "cordless")), ("2", ("dora", "cordless"))):
        told = {name: said[f"account.{number}.{name}"] for name in ("auth_name", "password", "sip_server.1.address")}
        account = known[owner]
        assert list(told.values()) == [account.login, account.password, account.domain]
        assert said[f"handset.{number}.incoming_lines"] == said[f"handset.{number}.dial_out_lines"] == number
    assert said["account.3.enable"] == "0"
    reception.pbx("device", TENANT, "link", "dora-cordless", code=64)  # its base sets it up

    async def play(stage: Stage) -> None:
        handset, bo = await stage.phone("anna", "cordless"), await stage.phone("bo")
        call = await bo.call("21")
        await stage.pick_up(handset)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await call.hang_up()

    reception.on_stage(TENANT, play)
