"""Contact books over CardDAV: what programs of users find by themselves, read and write, and what is nobody else's.

The program asks as RFC 6352 says: the principal, her home, the books there, their cards, which vobject understands.
"""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest
import vobject

from tests.lab.reception import programs
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("U11")]

TENANT, OTHER, WITHOUT = "calllog", "activities", "calendars"
DAV, CARDS = "{DAV:}", "{urn:ietf:params:xml:ns:carddav}"
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:mor\r\nFN:Mor Åsa\r\nN:Åsa;Mor;;;\r\nTEL:070-174 06 81\r\nEND:VCARD\r\n"
NAMED = """python3 -c 'import sqlite3
for row in sqlite3.connect("/var/lib/asterisk/pbx-names.sqlite3").execute("SELECT * FROM names"): print(*row)'"""
KEPT = "cd /var/lib/pbx-contacts && find . -path '*/.Radicale.*' -prune -o -printf '%p %i %T@ %u %m\\n' | sort"


@dataclass(frozen=True)
class Program:
    """A program of a user's that knows the address, an account and its password."""

    reception: Reception
    login: str = "anna-desk"
    tenant: str = TENANT
    password: str = ""

    def ask(self, method: str, address: str, body: str = "", where: str = "", **headers: str) -> tuple[int, str]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = f"/contacts/{where or self.tenant}/{address}"
        status, found = programs.sent(
            self.reception, self.tenant, method, asked, body, given, login=self.login, password=self.password
        )
        return status, found.decode()

    def found(self, method: str, address: str, body: str, depth: int) -> ElementTree.Element:
        status, told = self.ask(method, address, body, Depth=str(depth))
        assert status == 207, told
        return ElementTree.fromstring(told)

    def properties(self, address: str, wanted: str, depth: int = 0) -> ElementTree.Element:
        body = f'<propfind xmlns="DAV:" xmlns:c="{CARDS.strip("{}")}"><prop>{wanted}</prop></propfind>'
        return self.found("PROPFIND", address, body, depth)

    def books(self) -> dict[str, str]:
        """Title → where it is, below the tenant."""
        me = self._below(self.properties("", "<current-user-principal/>").find(f".//{DAV}current-user-principal/*"))
        home = self._below(self.properties(me, "<c:addressbook-home-set/>").find(f".//{CARDS}addressbook-home-set/*"))
        listed = self.properties(home, "<displayname/><resourcetype/>", depth=1).findall(f"{DAV}response")
        return {
            each.findtext(f".//{DAV}displayname", ""): self._below(each.find(f"{DAV}href"))
            for each in listed
            if each.find(f".//{CARDS}addressbook") is not None
        }

    def cards(self, book: str) -> dict[str, dict[str, list[str]]]:
        """UID → what stands on the card."""
        wanted = "<prop><getetag/><c:address-data/></prop>"
        body = f'<c:addressbook-query xmlns="DAV:" xmlns:c="{CARDS.strip("{}")}">{wanted}</c:addressbook-query>'
        texts = [each.text or "" for each in self.found("REPORT", book, body, 1).iter(f"{CARDS}address-data")]
        return {
            card.uid.value: {name: [line.value for line in lines] for name, lines in card.contents.items()}
            for text in texts
            for card in vobject.readComponents(text)
        }

    def news(self, book: str, token: str) -> tuple[str, list[str]]:
        """What changed since the token (RFC 6578), and the next one."""
        body = (
            f'<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token><sync-level>1</sync-level>'
            "<prop><getetag/></prop></sync-collection>"
        )
        told = self.found("REPORT", book, body, 0)
        names = [each.findtext(f"{DAV}href", "").rpartition("/")[2] for each in told.findall(f"{DAV}response")]
        return told.findtext(f"{DAV}sync-token", ""), names

    def _below(self, href: Any) -> str:
        assert href is not None
        return str(href.text).removeprefix(f"/contacts/{self.tenant}/")


@pytest.fixture
def anna(reception: Reception) -> Iterator[Program]:
    """Her book ends as it began: empty."""
    program = Program(reception)
    yield program
    program.ask("DELETE", f"{TENANT}.anna/personal/mor.vcf")


def test_u11_a_program_finds_two_books_reads_both_and_writes_its_users_own_alone(
    reception: Reception, anna: Program
) -> None:
    books = anna.books()
    assert set(books) == {"Samtalslistan", "Egna kontakter"}
    company, own = books["Samtalslistan"], books["Egna kontakter"]
    read = anna.cards(company)
    assert sorted(read) == [
        *("calllog.contact.frakt", "calllog.contact.pia", "calllog.user.anna", "calllog.user.bo"),
        "calllog.user.cecilia",
    ]
    pia = read["calllog.contact.pia"]
    assert (pia["fn"], pia["tel"], pia["email"]) == (
        *(["Pia Åström"], ["+46701740678", "+46701740679"]),
        ["pia@frakt.example"],
    )
    assert read["calllog.user.bo"]["tel"] == ["102"]

    assert anna.ask("PUT", f"{own}mor.vcf", CARD, Content_Type="text/vcard")[0] == 201
    app = Program(reception, "anna-app")
    assert app.cards(app.books()["Egna kontakter"])["mor"]["fn"] == ["Mor Åsa"], "each of her programs has her books"

    card = f"{company}calllog.contact.pia.vcf"
    assert anna.ask("GET", card)[0] == 200
    for method, place, body in (
        *(("PUT", card, CARD), ("PUT", f"{company}mor.vcf", CARD), ("DELETE", card, ""), ("DELETE", company, "")),
        *(("DELETE", own, ""), ("MKCOL", f"{TENANT}.anna/more/", ""), ("PUT", f"{TENANT}/mor.vcf", CARD)),
    ):
        assert anna.ask(method, place, body)[0] == 403, (method, place)
    moved = {"Destination": f"https://{reception.verification().edge}/contacts/{TENANT}/{company}mor.vcf"}
    assert anna.ask("MOVE", f"{own}mor.vcf", **moved)[0] == 403
    assert sorted(anna.cards(company)) == sorted(read)


def test_u11_a_program_finds_the_books_by_the_edges_name_alone(reception: Reception) -> None:
    secret = reception.verification().deployment.secrets.get(f"devices/{TENANT}/anna-desk")
    edge = reception.verification().edge

    def curl(login: str, address: str) -> str:
        """Status, final address; told by standard input, for a password is in no list of processes."""
        told = f'user = "{login}:{secret}"'
        wanted = "--silent --insecure --location --request PROPFIND --header 'Depth: 0' --output /dev/null"
        shown = "--write-out '%{http_code} %{url_effective} %{num_redirects}'"
        return reception.run("phones", f"echo {shlex.quote(told)} | curl {wanted} {shown} --config - {address}")

    assert curl(f"anna-desk@{TENANT}", f"https://{edge}/.well-known/carddav") == (
        f"207 https://{edge}/contacts/{TENANT}/ 1"
    )
    # Without a tenant it asks whose the login is, and a foreign one opens nothing.
    assert curl("anna-desk", f"https://{edge}/.well-known/carddav").startswith("401 ")
    assert curl(f"anna-desk@{OTHER}", f"https://{edge}/.well-known/carddav").startswith("401 ")
    assert curl(f"anna-desk@{OTHER}", f"https://{edge}/contacts/{TENANT}/").startswith("401 ")


def test_u11_nobody_sees_the_books_of_somebody_else_or_of_another_tenant(reception: Reception, anna: Program) -> None:
    own = f"{TENANT}.anna/personal/"
    assert anna.ask("PUT", f"{own}mor.vcf", CARD, Content_Type="text/vcard")[0] == 201
    bo, stranger = Program(reception, "bo-desk"), Program(reception, "bo-desk", OTHER)
    assert bo.cards(bo.books()["Egna kontakter"]) == {}
    assert set(stranger.cards(stranger.books()["Activities"])) == {
        *("activities.user.anna", "activities.user.bo", "activities.user.cecilia"),
        *("activities.contact.hospital", "activities.contact.seller"),
    }
    for who in (bo, stranger):
        for method, place in (("GET", f"{own}mor.vcf"), ("PROPFIND", own), ("PUT", f"{own}mor.vcf"), ("DELETE", own)):
            said = who.ask(method, place, CARD if method == "PUT" else "", X_Remote_User=f"{TENANT}.anna", Depth="1")
            assert said[0] == 403, (who.tenant, method, place)
    for where in (TENANT, f"{OTHER}/../{TENANT}", "nowhere"):
        assert stranger.ask("PROPFIND", own, where=where)[0] == 401, where
    assert Program(reception, "cecilia-desk", password="wrong").ask("PROPFIND", own)[0] == 401
    assert Program(reception, tenant=WITHOUT).ask("PROPFIND", "")[0] == 403, "this tenant has no book"
    assert anna.ask("GET", f"{own}mor.vcf")[0] == 200


def test_u11_an_apply_keeps_what_users_wrote_and_tells_programs_nothing_new(
    reception: Reception, anna: Program
) -> None:
    own, company = f"{TENANT}.anna/personal/", f"{TENANT}.anna/company/"
    assert anna.ask("PUT", f"{own}mor.vcf", CARD, Content_Type="text/vcard")[0] == 201
    (mine, _), (ours, listed) = anna.news(own, ""), anna.news(company, "")
    assert len(listed) == 5
    before = reception.run("core", KEPT)
    assert f"./collection-root/{own}mor.vcf" in before
    reception.pbx("apply", "--yes", "--again", "--target", TENANT)
    assert reception.run("core", KEPT) == before
    assert (anna.news(own, mine)[1], anna.news(company, ours)[1]) == ([], [])


@pytest.mark.row("U2")
def test_u11_a_caller_bears_the_name_that_whoever_is_called_gave_her(reception: Reception, anna: Program) -> None:
    mor = "+46701740681"
    assert anna.ask("PUT", f"{TENANT}.anna/personal/mor.vcf", CARD, Content_Type="text/vcard")[0] == 201
    ends = time.monotonic() + 30
    while reception.run("core", NAMED).strip() != f"{TENANT}.anna/{mor} Mor Åsa":
        assert time.monotonic() < ends, "the name is not where the dialplan asks"
        time.sleep(0.5)

    async def play(stage: Stage) -> None:
        desk, bo = await stage.phone("anna", "desk"), await stage.phone("bo")
        for caller, number, phone, name in (
            (mor, "+46980319220", desk, "Mor Åsa"),
            (mor, "+46980319221", bo, ""),
        ):
            call = await (await stage.outside(caller)).call(number)
            told = await (await phone.incoming(10)).identity()
            assert (told.caller, told.display_name) == (caller, name)
            await call.hang_up()
            await asyncio.sleep(0.5)

    reception.on_stage(TENANT, play)
