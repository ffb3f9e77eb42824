"""A tenant's chat in ejabberd, compared with what it shall be: to make it so, or only to look.

Asks the daemon by its API, over a socket that root alone may write to. What users live with is not looked at: messages,
own contacts, rooms of their own.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

SPOOL = Path("/var/lib/pbx-chat")
SOCKET = "/run/pbx-chat/api"
QUOTAS = SPOOL / "quotas"
"""A file for each domain, as Erlang reads it."""
PAGES = Path("/var/lib/pbx-chat-page")
"""What the page for browsers is told of each tenant; the web server shows it to everybody."""
QUOTA = re.compile(r'\{<<"([^"]+)">>, (\d+)\}')
THERE = "there"


class Step(NamedTuple):
    """One difference: what is done about it, and what it is, None where one side has none."""

    words: str
    object: str
    field: str
    expected: str | None
    found: str | None


class Refused(Exception):
    """The daemon said no, in its own words."""


class Unix(http.client.HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=600)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    """ejabberd's API: one command a request."""

    def __init__(self, path: str) -> None:
        self.path = path

    def ask(self, command: str, **arguments: Any) -> Any:
        connection = Unix(self.path)
        try:
            body = json.dumps(arguments).encode()
            connection.request("POST", f"/api/{command}", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        told = json.loads(text) if text else None
        if answer.status == 200:
            return told
        words = told.get("message", text) if isinstance(told, dict) else str(told)
        raise Refused(f"{command}: {words}")

    def do(self, command: str, **arguments: Any) -> None:
        """A command that answers 0 where it worked."""
        if (told := self.ask(command, **arguments)) not in (0, "", None) and not isinstance(told, str):
            raise Refused(f"{command} ended with {told}")


class Host:
    """The reconciliation of one tenant. Each step is yielded when it is done; with `dry` none is."""

    def __init__(self, daemon: Daemon, wanted: dict[str, Any], note: dict[str, Any], *, dry: bool) -> None:
        self.daemon, self.wanted, self.note, self.dry = daemon, wanted, note, dry
        self.domain: str = wanted["domain"]
        self.service = f"conference.{self.domain}"
        self.left: frozenset[str] = frozenset()
        """Accounts that the file no longer names, once `accounts` has been looked at."""

    def steps(self) -> Iterator[Step]:
        yield from self.accounts()
        yield from self.storage()
        yield from self.groups()
        yield from self.rooms()

    def do(self, command: str, **arguments: Any) -> None:
        if not self.dry:
            self.daemon.do(command, **arguments)

    def accounts(self) -> Iterator[Step]:
        present = set(self.daemon.ask("registered_users", host=self.domain))
        self.left = frozenset(present - {each["user"] for each in self.wanted["accounts"]})
        wanted = {each["user"]: each for each in self.wanted["accounts"] if not over(each.get("until", ""))}
        for user, each in wanted.items():
            whose = {"user": user, "host": self.domain}
            if user not in present:
                self.do("register", **whose, password=each["password"])
                yield Step(f"account {user} made", f"chat-account {user}", "", THERE, None)
            else:
                if self.daemon.ask("get_ban_details", **whose):
                    self.do("unban_account", **whose)
                    yield Step(f"account {user} unlocked", f"chat-account {user}", "state", "open", "locked")
                if "password" in each and self.daemon.ask("check_password", **whose, password=each["password"]) != 0:
                    self.do("change_password", **whose, newpass=each["password"])
                    yield Step(f"password of {user} set", f"chat-account {user}", "password", None, None)
            called = self.note.get("names", {}).get(user)
            if called != each["name"]:
                self.do("set_vcard", **whose, name="FN", content=each["name"])
                yield Step(f"{user} is called {each['name']}", f"chat-account {user}", "name", each["name"], called)
        for user in sorted(present - wanted.keys()):
            if not self.daemon.ask("get_ban_details", user=user, host=self.domain):
                self.do(
                    "ban_account",
                    user=user,
                    host=self.domain,
                    reason="no longer in the tenant's file, or her time is over",
                )
                yield Step(f"account {user} locked", f"chat-account {user}", "state", "locked", "open")

    def storage(self) -> Iterator[Step]:
        """How many bytes of files each user may have; ejabberd reads that when somebody wants to send one."""
        wanted = {each["user"]: each["storage"] for each in self.wanted["accounts"] if "storage" in each}
        file = QUOTAS / self.domain
        found = {user: int(most) for user, most in QUOTA.findall(file.read_text() if file.exists() else "")}
        if wanted != found and not self.dry:
            lay({file: "".join(f'{{<<"{user}">>, {most}}}.\n' for user, most in sorted(wanted.items()))})
        for user in sorted(wanted.keys() | found.keys()):
            now, then = wanted.get(user), found.get(user)
            if now != then:
                sides = (str(each) if each else None for each in (now, then))
                yield Step(f"{user} may have {now or 0} bytes of files", f"chat-account {user}", "storage", *sides)

    def groups(self) -> Iterator[Step]:
        present = set(self.daemon.ask("srg_list", host=self.domain))
        wanted = [each["id"] for each in self.wanted["groups"]]
        for group in sorted(present.difference(wanted)):
            self.do("srg_delete", group=group, host=self.domain)
            yield Step(f"group {group} gone", f"chat-group {group}", "", None, THERE)
        for each in self.wanted["groups"]:
            group, there = each["id"], each["id"] in present
            facts = self.facts(group) if there else {}
            if facts.get("label") != each["title"] or set(facts.get("sees", ())) != set(each["sees"]):
                about = {"label": each["title"], "description": "", "display": each["sees"]}
                self.do("srg_create", group=group, host=self.domain, **about)
                if there:
                    titles = each["title"], facts["label"]
                    sides = ("title", *titles) if titles[0] != titles[1] else ("sees", *map(_listed, (each, facts)))
                    yield Step(f"group {group} changed", f"chat-group {group}", *sides)
                else:
                    yield Step(f"group {group} made", f"chat-group {group}", "", THERE, None)
            members = {f"{user}@{self.domain}" for user in each["members"]}
            found = set(self.daemon.ask("srg_get_members", group=group, host=self.domain)) if there else set()
            for jid in sorted(members ^ found):
                user, _, host = jid.partition("@")
                verb = "srg_user_add" if jid in members else "srg_user_del"
                self.do(verb, user=user, host=host, group=group, grouphost=self.domain)
                sides = ("member", None) if jid in members else (None, "member")
                words = f"{user} {'in' if jid in members else 'out of'} group {group}"
                yield Step(words, f"chat-group {group}", user, *sides)

    def facts(self, group: str) -> dict[str, Any]:
        """label, and what its members see, as the daemon writes both."""
        told = {each["key"]: each["value"] for each in self.daemon.ask("srg_get_info", group=group, host=self.domain)}
        sees = [each.strip() for each in told.get("displayed_groups", "").split(",")]
        return {"label": told.get("label"), "sees": sees}

    def rooms(self) -> Iterator[Step]:
        wanted = {each["id"] for each in self.wanted["rooms"]}
        for room in sorted(set(self.note.get("rooms", ())) - wanted):
            if self.options(room):
                self.do("destroy_room", room=room, service=self.service)
                yield Step(f"room {room} gone", f"chat-channel {room}", "", None, THERE)
        for each in self.wanted["rooms"]:
            yield from self.room(each["id"], each["options"], each["affiliations"])

    def options(self, room: str) -> dict[str, str]:
        """What the room is; nothing where there is none."""
        told: dict[str, str] = self.daemon.ask("get_room_options", room=room, service=self.service)
        return told

    def room(self, room: str, options: dict[str, str], affiliations: dict[str, str]) -> Iterator[Step]:
        place = {"room": room, "service": self.service}
        present = self.options(room)
        declared = {f"{user}@{self.domain}": what for user, what in affiliations.items()}
        if not present:
            inside = ";".join(f"{what}:{jid}" for jid, what in declared.items())
            given = [{"name": name, "value": value} for name, value in {**options, "affiliations": inside}.items()]
            self.do("create_room_with_opts", **place, host=self.domain, options=given)
            yield Step(f"room {room} made", f"chat-channel {room}", "", THERE, None)
            return
        for name, value in options.items():
            if present.get(name) != value:
                self.do("change_room_option", **place, option=name, value=value)
                yield Step(f"{name} of room {room} set", f"chat-channel {room}", name, value, present.get(name))
        told = self.daemon.ask("get_room_affiliations", **place)
        found = {each["jid"]: each["affiliation"] for each in told}
        # Whom a leader sent away, and the file does not name, stays away.
        strangers = [jid for jid, what in found.items() if jid not in declared and what != "outcast"]
        for jid in sorted({*declared, *strangers}):
            what = declared.get(jid, "none")
            if found.get(jid, "none") != what:
                user, _, host = jid.partition("@")
                self.do("set_room_affiliation", **place, user=user, host=host, affiliation=what)
                sides = declared.get(jid), found.get(jid)
                yield Step(f"{user} is {what} in room {room}", f"chat-channel {room}", user, *sides)


def _listed(group: dict[str, Any]) -> str:
    return ", ".join(sorted(group["sees"]))


def over(until: str) -> bool:
    return bool(until) and datetime.fromisoformat(until) <= datetime.now(UTC)


def page(slug: str, wanted: dict[str, Any]) -> tuple[Path, str]:
    """What the page for browsers is told of a tenant, and where."""
    return PAGES / f"{slug}.json", json.dumps({"domain": wanted["domain"], **wanted["page"]}, ensure_ascii=False)


def read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def lay(files: dict[Path, str | None]) -> None:
    """Writes files that the daemon reads and nobody else; those with None go."""
    for path, text in files.items():
        if text is None:
            path.unlink(missing_ok=True)
            continue
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text)
        fresh.chmod(0o640)
        shutil.chown(fresh, "root", "ejabberd")
        fresh.replace(path)


def note_of(slug: str) -> dict[str, Any]:
    """What was declared last and the daemon cannot tell: `names` of users, `rooms`, `ends` of guests.

    Other programs of the machine read there who sees whom (`groups`), since when whose account is left (`left`), and
    after how many days it goes (`grace`).
    """
    file = noted(slug)
    told: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return told


def noted(slug: str) -> Path:
    return SPOOL / f"{slug}.json"
