"""Chat as its users have it: a program of a user's that is logged in, by an XMPP library that knows nothing of ours.

Programs run on this computer, which the edge takes for a part of the public network. What arrives waits to be read.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import ssl
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slixmpp import JID, ClientXMPP
from slixmpp.exceptions import PresenceError

from provisioner.core.site import Role
from provisioner.features.chat.model import password as secret_of
from tests.lab.reception.reception import Reception

SECONDS = 15.0
UPLOAD = "urn:xmpp:http:upload:0"
PLUGINS = ("xep_0030", "xep_0045", "xep_0054", "xep_0199", "xep_0313")


class LoginRefused(Exception):
    """The server did not take the password."""


@dataclass
class Program:
    """A user's program. Names of channels are those of the tenant's file."""

    client: ClientXMPP
    domain: str
    arrived: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)
    """From whom, and what: chat, or a channel and who wrote there."""
    asked: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """Who wants to be a contact."""
    refused: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """To whom something could not be brought."""
    telephones: asyncio.Queue[tuple[str, str, str]] = field(default_factory=asyncio.Queue)
    """Whose telephone is shown, as what (`unavailable` where no more), and in which words."""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the session is over."""

    def room(self, channel: str) -> JID:
        return JID(f"{channel}@conference.{self.domain}")

    def write(self, to: str, text: str) -> None:
        self.client.send_message(JID(to), text, mtype="chat")

    def write_in(self, channel: str, text: str) -> None:
        self.client.send_message(self.room(channel), text, mtype="groupchat")

    async def read(self) -> tuple[str, str]:
        return await asyncio.wait_for(self.arrived.get(), SECONDS)

    async def telephone(self) -> tuple[str, str, str]:
        return await asyncio.wait_for(self.telephones.get(), SECONDS)

    async def enter(self, channel: str, domain: str = "") -> str:
        """Enters a channel; returns why not, or nothing."""
        room = JID(f"{channel}@conference.{domain or self.domain}")
        try:
            await self.client.plugin["xep_0045"].join_muc_wait(
                room, self.client.boundjid.user, maxchars=0, timeout=SECONDS
            )
        except PresenceError as error:
            return str(error.condition)
        return ""

    async def channels(self) -> set[str]:
        """The titles that the list of channels shows."""
        found = await self.client.plugin["xep_0030"].get_items(JID(f"conference.{self.domain}"), timeout=SECONDS)
        return {str(name).rpartition(" (")[0] for _, _, name in found["disco_items"]["items"]}

    async def features(self, channel: str) -> set[str]:
        found = await self.client.plugin["xep_0030"].get_info(self.room(channel), timeout=SECONDS)
        return set(found["disco_info"]["features"])

    async def contacts(self) -> dict[str, tuple[str, set[str]]]:
        """user → her name and the groups that she is shown in."""
        found = await self.client.get_roster(timeout=SECONDS)
        return {jid.user: (each["name"], set(each["groups"])) for jid, each in found["roster"]["items"].items()}

    async def slot(self, size: int, name: str = "hej.txt", domain: str = "") -> str:
        """Asks where a file of so many bytes may be sent (XEP-0363), which is where it is read too; raises IqError."""
        asked = self.client.make_iq_get(ito=f"upload.{domain or self.domain}")
        asked["lang"] = self.client.default_lang
        asked.set_payload(ET.Element(f"{{{UPLOAD}}}request", {"filename": name, "size": str(size)}))
        told = await asked.send(timeout=SECONDS)
        put, get = (told.xml.find(f".//{{{UPLOAD}}}{each}") for each in ("put", "get"))
        assert put is not None
        assert get is not None
        assert put.get("url") == get.get("url")
        return str(get.get("url"))

    async def archive(self, other: str) -> list[str]:
        """What was written with somebody, as the server keeps it."""
        found = await self.client.plugin["xep_0313"].retrieve(with_jid=JID(other), timeout=SECONDS)
        return [str(each["mam_result"]["forwarded"]["stanza"]["body"]) for each in found["mam"]["results"]]


@asynccontextmanager
async def logged_in(
    reception: Reception, tenant: str, user: str, password: str | None = None, language: str = "en"
) -> AsyncIterator[Program]:
    """Logs in as `user`, with her own password where none is given; raises LoginRefused."""
    deployment, domain = reception.deployment(), f"{tenant}.example"
    own = password or deployment.secrets.get(secret_of(tenant, user))
    client = ClientXMPP(f"{user}@{domain}", own, lang=language)
    program = Program(client, domain)
    for each in PLUGINS:
        client.register_plugin(each)
    client.auto_authorize, client.auto_subscribe = None, False
    client.enable_direct_tls = False
    client.ssl_context = ssl.create_default_context()
    # A lab's certificate is its edge's own.
    client.ssl_context.check_hostname, client.ssl_context.verify_mode = False, ssl.CERT_NONE
    begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def started(_: object) -> None:
        if not begun.done():
            begun.set_result(None)

    def failed(told: object) -> None:
        if not begun.done():
            begun.set_exception(LoginRefused(str(told)))

    def message(told: Any) -> None:
        if told["type"] in ("chat", "normal", "groupchat") and told["body"]:
            sender = told["from"]
            program.arrived.put_nowait(
                (f"{sender.user}/{sender.resource}" if told["type"] == "groupchat" else sender.user, told["body"])
            )

    def presence(told: Any) -> None:
        if told["from"].resource == "telephone":
            shown = "unavailable" if told["type"] == "unavailable" else told["show"]
            program.telephones.put_nowait((told["from"].user, shown, told["status"]))

    client.add_event_handler("session_start", started)
    client.add_event_handler("changed_status", presence)
    client.add_event_handler("failed_all_auth", failed)
    client.add_event_handler("connection_failed", failed)
    client.add_event_handler("message", message)
    client.add_event_handler("message_error", lambda told: program.refused.put_nowait(told["from"].user))
    client.add_event_handler("presence_subscribe", lambda told: program.asked.put_nowait(told["from"].user))
    client.add_event_handler("disconnected", lambda _: program.gone.set())
    client.connect(deployment.site.of(Role.EDGE)[0].public_address, 5222)
    try:
        async with asyncio.timeout(SECONDS):
            await begun
        client.send_presence()
        yield program
    finally:
        client.disconnect()
        async with asyncio.timeout(SECONDS):
            await program.gone.wait()


def ask(reception: Reception, command: str, **arguments: object) -> Any:
    """A command to the server itself, as root of the edge."""
    body = shlex.quote(json.dumps(arguments))
    way = "curl -sS --fail-with-body --unix-socket /run/pbx-chat/api"
    return json.loads(reception.run("edge", f"{way} --json {body} http://localhost/api/{command}") or "null")
