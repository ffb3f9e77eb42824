"""Shows in chat what users' telephones do, and tells core nodes what users say of themselves in chat.

A user's telephone is one more resource of hers (`anna@acme.example/telephone`) that takes no messages: it is there
while she is on a call or in an activity, for whoever has her in the contact list. Core nodes are asked for news
(`pbx_people.states`), ejabberd tells by datagrams whose programs come and go (`mod_pbx_phones`). One thread does all
that is told, in order.
What was shown last is kept beside the socket, so that a restart takes back what is over.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import socket
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

SPOOL = Path("/var/lib/pbx-chat")
SETTINGS = Path("/etc/pbx-chat/phones.json")
RUN = Path("/run/pbx-chat-phones")
SOCKET = "/run/pbx-chat/api"
RESOURCE = "telephone"
PORT = 8470
GONE = "unavailable"
AGAIN = 5.0
"""Seconds until somebody who did not answer is asked again."""

State = dict[str, str]
Told = tuple[str, Any]


def stanza(state: State | None) -> str:
    if state is None:
        return f"<presence type='{GONE}'/>"
    show = f"<show>{escape(state['show'])}</show>" if state["show"] else ""
    return f"<presence><priority>-1</priority>{show}<status>{escape(state['status'])}</status></presence>"


class Tenants:
    """What `chat_host` noted of each: domain, and which groups see which."""

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self._read: dict[str, tuple[int, dict[str, Any]]] = {}

    def of(self, slug: str) -> dict[str, Any] | None:
        path = self._spool / f"{slug}.json"
        try:
            changed = path.stat().st_mtime_ns
            if self._read.get(slug, (0,))[0] != changed:
                self._read[slug] = (changed, json.loads(path.read_text()))
        except (OSError, ValueError):
            return None
        return self._read[slug][1]

    def slug(self, domain: str) -> str:
        slugs = (each.stem for each in self._spool.glob("*.json"))
        return next((slug for slug in slugs if (note := self.of(slug)) and note["domain"] == domain), "")

    def viewers(self, slug: str, account: str) -> set[str]:
        """Who has the account in the contact list."""
        groups = (self.of(slug) or {}).get("groups", [])
        inside = {each["id"] for each in groups if account in each["members"]}
        seeing = (each["members"] for each in groups if inside.intersection(each["sees"]))
        return {user for members in seeing for user in members} - {account}


class Phones:
    """`send` brings a stanza from one address to another, `set_status` tells a core what an account says of itself."""

    def __init__(
        self,
        tenants: Tenants,
        send: Callable[[str, str, str], None],
        set_status: Callable[[str, str, str], None],
        shown: dict[str, dict[str, State]],
    ) -> None:
        self.tenants, self._send, self._set_status = tenants, send, set_status
        self.shown = shown
        """slug → account → what colleagues were shown last."""
        self._there: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        """(domain, account) → resource → what it says."""
        self._said: dict[tuple[str, str], str] = {}
        self.settable: set[str] = set()

    def states(self, slug: str, states: dict[str, State]) -> None:
        """What is so now of all of a tenant's users."""
        before = self.shown.get(slug, {})
        self.shown[slug] = states
        note = self.tenants.of(slug)
        for account in sorted(before.keys() | states.keys()) if note else ():
            if before.get(account) != states.get(account):
                for viewer in sorted(self.tenants.viewers(slug, account)):
                    if self._there.get((note["domain"], viewer)):
                        self._tell(note["domain"], account, f"{viewer}@{note['domain']}", states.get(account))

    def program(self, domain: str, account: str, resource: str, show: str) -> None:
        """A program of an account's has come, says something else, or has gone."""
        there = self._there[domain, account]
        fresh = resource not in there
        slug = self.tenants.slug(domain)
        if show == GONE:
            there.pop(resource, None)
        else:
            there[resource] = show
            for colleague, state in sorted(self.shown.get(slug, {}).items()) if fresh else ():
                if account in self.tenants.viewers(slug, colleague):
                    self._tell(domain, colleague, f"{account}@{domain}/{resource}", state)
        says = next((each for each in reversed(there.values()) if each), "") if show == GONE else show
        if slug in self.settable and self._said.get((slug, account), "") != says:
            self._said[slug, account] = says
            self._set_status(slug, account, says)

    def _tell(self, domain: str, account: str, to: str, state: State | None) -> None:
        self._send(f"{account}@{domain}/{RESOURCE}", to, stanza(state))


def ask(command: str, **arguments: str) -> Any:
    """One command of ejabberd's API; raises OSError where it is refused."""
    connection = http.client.HTTPConnection("localhost", timeout=30)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection.sock:
        connection.sock.settimeout(30)
        connection.sock.connect(SOCKET)
        connection.request("POST", f"/api/{command}", json.dumps(arguments), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
    if answer.status != 200:
        raise OSError(f"{command}: {text.decode()}")
    return json.loads(text)


class Core:
    """A core node, asked by HTTP on the private network."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self._headers = address, {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        with contextlib.closing(http.client.HTTPConnection(self.address, PORT, timeout=40)) as connection:
            text = json.dumps(body) if body is not None else None
            connection.request(method, path, text, self._headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        if answer.status != 200:
            raise OSError(f"{method} {quote(path)}: {answer.status} {told}")
        return told

    def follow(self, told: queue.Queue[Told]) -> None:
        """Puts news into the queue as long as the program runs."""
        began, number, away = "", 0, False
        while True:
            try:
                news = self.ask("GET", f"/chat/states?{urlencode({'began': began, 'number': number})}")
                began, number, away = news["began"], news["number"], False
                if news["states"]:
                    told.put(("states", (self, news)))
            except (OSError, ValueError, http.client.HTTPException) as error:
                if not away:
                    print(f"{self.address} does not tell what telephones do: {error}", file=sys.stderr)
                away = True
                time.sleep(AGAIN)


def events(told: queue.Queue[Told]) -> None:
    """Puts whose programs come and go into the queue: first all who are there already."""
    path = RUN / "events"
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(path))
    for each in _there():
        told.put(("program", each))
    while True:
        fields = listening.recv(8192).decode(errors="replace").split("\t")
        if len(fields) == 4:
            told.put(("program", tuple(fields)))


def _there() -> Iterable[tuple[str, str, str, str]]:
    while True:
        try:
            sessions = ask("connected_users_info")
            break
        except (OSError, ValueError, http.client.HTTPException):
            time.sleep(AGAIN)
    for each in sessions:
        user, _, rest = each["jid"].partition("@")
        domain, _, resource = rest.partition("/")
        show = "" if each["status"] == "available" else each["status"]
        yield user, domain, resource, show


class Setter:
    """Tells core nodes what accounts say, apart from all else: a node that is away holds nothing up."""

    def __init__(self) -> None:
        self.homes: dict[str, Core] = {}
        self._wanted: queue.Queue[tuple[str, str, str]] = queue.Queue()

    def put(self, slug: str, account: str, show: str) -> None:
        self._wanted.put((slug, account, show))

    def run(self) -> None:
        while True:
            slug, account, show = self._wanted.get()
            try:
                body = {"tenant": slug, "account": account, "show": show}
                self.homes[slug].ask("PUT", "/chat/activity", body)
            except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
                print(f"the status of {account} of {slug} sets nothing: {error}", file=sys.stderr)


def send(sender: str, to: str, text: str) -> None:
    try:
        ask("send_stanza", **{"from": sender, "to": to, "stanza": text})
    except (OSError, ValueError, http.client.HTTPException) as error:
        print(f"{sender} is not shown to {to}: {error}", file=sys.stderr)


def main() -> None:
    settings = json.loads(SETTINGS.read_text())
    cores = [Core(each, settings["token"]) for each in settings["cores"]]
    kept = RUN / "shown.json"
    setter, told = Setter(), queue.Queue[Told]()
    phones = Phones(Tenants(SPOOL), send, setter.put, json.loads(kept.read_text()) if kept.exists() else {})
    for run in (setter.run, lambda: events(told), *(lambda core=core: core.follow(told) for core in cores)):
        threading.Thread(target=run, daemon=True).start()
    while True:
        kind, what = told.get()
        if kind == "program":
            account, domain, resource, show = what
            phones.program(domain, account, resource, show)
            continue
        core, news = what
        phones.settable = phones.settable - news["states"].keys() | set(news["settable"])
        for slug, states in news["states"].items():
            setter.homes[slug] = core
            phones.states(slug, states)
        fresh = kept.with_suffix(".new")
        fresh.write_text(json.dumps(phones.shown))
        fresh.replace(kept)


if __name__ == "__main__":
    main()
