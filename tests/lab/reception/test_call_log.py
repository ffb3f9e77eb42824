"""The log of users' calls over HTTP is one with what telephones show."""

from __future__ import annotations

import asyncio
import shlex

import pytest

from provisioner.core import books
from provisioner.core.ports.sip import CallState
from tests.lab.reception import programs
from tests.lab.reception.call_log_scene import ANNA, CECILIA, TENANT, asked, calls, facts, soon
from tests.lab.reception.keys import DARK, LIT, key
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]

NO_SUCH_OBJECT, INVALID_CREDENTIALS = 32, 49


@pytest.mark.row("U13")
def test_u13_a_call_that_one_of_her_telephones_answered_is_answered_elsewhere_for_the_other(
    reception: Reception,
) -> None:
    caller = "+46701740670"

    async def play(stage: Stage) -> str:
        desk, app = await stage.phone("anna", "desk"), await stage.phone("anna", "app")
        call = await (await stage.outside(caller)).call(ANNA)
        ringing = await desk.incoming(10)
        taken = await stage.pick_up(app)
        assert await ringing.until(timeout=5) is CallState.ENDED
        await asyncio.sleep(2)
        await call.hang_up()
        assert await taken.until(timeout=5) is CallState.ENDED
        return await desk.log()

    log = reception.on_stage(TENANT, play)
    assert "cause=200" in log, "the telephone's own list does not call it missed either"
    there = soon(lambda: calls(reception, "anna-app", caller))
    assert facts(there, "direction", "result", "device", "by") == ("received", "answered", "app", "")
    assert 1 <= there["seconds"] <= 6
    (here,) = calls(reception, "anna-desk", caller)
    assert facts(here, "result", "device", "at") == ("answered-elsewhere", "app", there["at"])
    assert calls(reception, "anna-desk", caller, "missed") == []
    told = reception.document("calls", TENANT, "anna", "--json")["calls"]
    assert [each["device"] for each in told if each["number"] == caller][:1] == ["app"]
    assert calls(reception, "bo-desk", caller) == []


@pytest.mark.row("U13")
def test_u13_which_telephone_answered_is_known_after_a_restart_of_the_edge(reception: Reception) -> None:
    caller = "+46701740669"

    async def play(stage: Stage) -> None:
        desk = await stage.phone("anna", "desk")
        # Nothing lets this telephone register anew meanwhile.
        await asyncio.to_thread(reception.run, "edge", "systemctl restart kamailio")
        call = await (await stage.outside(caller)).call(ANNA)
        await stage.pick_up(desk)
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await asyncio.sleep(1)
        await call.hang_up()

    reception.on_stage(TENANT, play)
    there = soon(lambda: calls(reception, "anna-desk", caller))
    assert facts(there, "result", "device") == ("answered", "desk")
    (here,) = calls(reception, "anna-app", caller)
    assert facts(here, "result", "device") == ("answered-elsewhere", "desk")


@pytest.mark.row("U13")
def test_u13_a_call_that_a_colleague_picked_up_says_so(reception: Reception) -> None:
    caller = "+46701740671"

    async def play(stage: Stage) -> None:
        desk, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        call = await (await stage.outside(caller)).call(ANNA)
        await desk.incoming(10)
        await stage.dial(bo, "*20")
        assert await call.until(CallState.UP, timeout=5) is CallState.UP
        await asyncio.sleep(1)
        await call.hang_up()

    reception.on_stage(TENANT, play)
    hers = soon(lambda: calls(reception, "anna-desk", caller))
    assert facts(hers, "result", "by") == ("picked-up", "bo")
    (his,) = calls(reception, "bo-desk", caller)
    assert facts(his, "direction", "result", "device", "by") == ("received", "answered", "desk", "anna")


@pytest.mark.row("U13")
def test_u13_who_takes_a_parked_caller_has_answered_her(reception: Reception) -> None:
    caller = "+46701740676"

    async def play(stage: Stage) -> None:
        desk, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        call = await (await stage.outside(caller)).call(ANNA)
        here = await stage.pick_up(desk)
        with key(reception, TENANT, "cecilia", "*211") as lamp:
            assert lamp.shows() == DARK
            await here.transfer("*211")
            assert await asyncio.to_thread(lamp.shows) == LIT
        assert await here.until(timeout=5) is CallState.ENDED
        taken = await stage.dial(bo, "*211")
        await asyncio.sleep(1)
        await call.hang_up()
        assert await taken.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)
    assert facts(soon(lambda: calls(reception, "bo-desk", caller)), "result", "device", "by") == (
        "answered",
        "desk",
        "",
    )
    assert facts(*calls(reception, "anna-desk", caller), "result", "device") == ("answered", "desk")


@pytest.mark.row("U13")
def test_u13_made_received_forwarded_and_missed_from_nobody_knows_whom(reception: Reception) -> None:
    caller = "+46701740672"

    async def play(stage: Stage) -> None:
        desk, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        call = await desk.call("102")
        taken = await stage.pick_up(bo)
        await taken.hang_up()
        await call.until(CallState.ENDED, timeout=5)
        call = await (await stage.outside(caller)).call(CECILIA)
        taken = await stage.pick_up(bo)
        await call.hang_up()
        await taken.until(CallState.ENDED, timeout=5)
        call = await (await stage.outside("anonymous")).call(ANNA)
        await desk.incoming(10)
        await call.hang_up()

    reception.on_stage(TENANT, play)
    missed = soon(lambda: calls(reception, "anna-desk", ""))
    assert facts(missed, "result", "name", "message") == ("missed", "", "")
    (made,) = calls(reception, "anna-desk", "102", "made")
    assert facts(made, "result", "device", "name") == ("answered", "desk", "Bo Ek")
    (received,) = calls(reception, "bo-desk", "101", "received")
    assert facts(received, "result", "device", "name") == ("answered", "desk", "Anna Berg")
    (forwarded,) = calls(reception, "cecilia-desk", caller, "forwarded")
    assert facts(forwarded, "to", "by") == ("user:bo", "bo")
    assert facts(calls(reception, "bo-desk", caller)[0], "result", "device") == ("answered", "desk")


@pytest.mark.row("U2", "U11", "U13")
def test_u11_a_contact_is_known_by_name_on_telephones_and_in_the_log_and_a_withheld_number_is_not(
    reception: Reception,
) -> None:
    pia, known = "+46701740678", "Pia Åström, Frakt & Åkeri"

    async def play(stage: Stage) -> None:
        desk = await stage.phone("anna", "desk")
        for caller, name in ((pia, known), ("+46701740677", "Nordisk Frakt"), ("+46701740676", "")):
            call = await (await stage.outside(caller)).call(ANNA)
            told = await (await desk.incoming(10)).identity()
            assert (told.caller, told.display_name) == (caller, name)
            await call.hang_up()
        call = await (await stage.outside("anonymous")).call(ANNA)
        told = await (await desk.incoming(10)).identity()
        assert (told.caller, told.asserted) == ("anonymous", "")
        await call.hang_up()

    reception.on_stage(TENANT, play)
    assert soon(lambda: calls(reception, "anna-desk", pia))["name"] == known


@pytest.mark.row("U11", "U12")
def test_u11_the_contact_book_is_searched_colleagues_first(reception: Reception) -> None:
    book = asked(reception, "GET", "/contacts")
    assert [each["contact"] for each in book["contacts"]] == [
        *("user:anna", "user:bo", "user:cecilia"),
        *("contact:pia", "contact:frakt"),
    ]
    assert facts(book["contacts"][3], "favourite", "name", "email") == (True, "Pia Åström", "pia@frakt.example")
    assert facts(book["contacts"][1], "favourite", "name", "extension") == (False, "Bo Ek", "102")
    for query, found in (("ek", ["user:bo"]), ("%C3%A5str", ["contact:pia"]), ("0701740677", ["contact:frakt"])):
        assert [each["contact"] for each in asked(reception, "GET", f"/contacts?q={query}")["contacts"]] == found
    assert programs.asked(reception, TENANT, "GET", "/contacts", password="wrong")[0] == 401


def looked_up(reception: Reception, what: str, *, login: str = "anna-desk", tenant: str = TENANT) -> tuple[int, str]:
    """What a telephone of this tenant finds in a tenant's book by LDAP, and the program's exit code: LDAP's own."""
    verification = reception.verification()
    who = f"-D {shlex.quote(books.login(TENANT, login))} -y /dev/stdin" if login else ""
    command = (
        f"LDAPTLS_REQCERT=never ldapsearch -x -LLL -o ldif-wrap=no -H ldaps://{verification.edge}"
        f" {who} -b {shlex.quote(books.base(tenant))} {shlex.quote(what)} uid; echo $?"
    )
    password = verification.deployment.secrets.get(f"devices/{TENANT}/anna-desk")
    told = asyncio.run(verification.shell("phones").run(command, password.encode()))
    *found, code = told.decode().splitlines()
    return int(code), " ".join(sorted(line.removeprefix("uid: ") for line in found if line.startswith("uid: ")))


@pytest.mark.row("U11", "U14")
def test_u11_a_telephone_finds_people_by_ldap_in_its_own_tenants_book_alone(reception: Reception) -> None:
    everybody = "contact.frakt contact.pia user.anna user.bo user.cecilia"
    assert looked_up(reception, "(objectClass=inetOrgPerson)") == (0, everybody)
    assert looked_up(reception, "(|(cn=Pia*)(sn=Pia*)(o=Pia*))") == (0, "contact.pia")
    assert looked_up(reception, "(telephoneNumber=+46701740679)") == (0, "contact.pia")
    assert looked_up(reception, "(telephoneNumber=10*)") == (0, "user.anna user.bo user.cecilia")
    assert looked_up(reception, "(uid=*)", tenant="activities") == (NO_SUCH_OBJECT, "")
    assert looked_up(reception, "(uid=*)", login="bo-desk") == (INVALID_CREDENTIALS, ""), (
        "each has a password of its own"
    )
    assert looked_up(reception, "(uid=*)", login="")[1] == ""
    assert reception.run("edge", "ss -Hlnt 'sport = 389'").strip() == ""
