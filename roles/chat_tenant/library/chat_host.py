#!/usr/bin/python3
"""Ansible module: one tenant's host in ejabberd, told truthfully.

Asks the daemon by its API, over the socket that root alone may write to, and changes only what differs. What users live
with is not looked at: messages, own contacts, rooms of their own. A run that was cut off is finished by the next one.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

SETTINGS = Path("/etc/pbx-chat")
SPOOL = Path("/var/lib/pbx-chat")
SOCKET = "/run/pbx-chat/api"


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
    """The reconciliation of one tenant. Each step yields what it did, or would do."""

    def __init__(self, daemon: Daemon, wanted: dict[str, Any], note: dict[str, Any], *, dry: bool) -> None:
        self.daemon, self.wanted, self.note, self.dry = daemon, wanted, note, dry
        self.domain: str = wanted["domain"]
        self.service = f"conference.{self.domain}"

    def steps(self) -> Iterator[str]:
        yield from self.accounts()
        yield from self.groups()
        yield from self.rooms()

    def do(self, command: str, **arguments: Any) -> None:
        if not self.dry:
            self.daemon.do(command, **arguments)

    def accounts(self) -> Iterator[str]:
        present = set(self.daemon.ask("registered_users", host=self.domain))
        wanted = {each["user"]: each for each in self.wanted["accounts"] if not over(each.get("until", ""))}
        for user, each in wanted.items():
            whose = {"user": user, "host": self.domain}
            if user not in present:
                self.do("register", **whose, password=each["password"])
                yield f"account {user} made"
            else:
                if self.daemon.ask("get_ban_details", **whose):
                    self.do("unban_account", **whose)
                    yield f"account {user} unlocked"
                if self.daemon.ask("check_password", **whose, password=each["password"]) != 0:
                    self.do("change_password", **whose, newpass=each["password"])
                    yield f"password of {user} set"
            if self.note.get("names", {}).get(user) != each["name"]:
                self.do("set_vcard", **whose, name="FN", content=each["name"])
                yield f"{user} is called {each['name']}"
        for user in sorted(present - wanted.keys()):
            if not self.daemon.ask("get_ban_details", user=user, host=self.domain):
                self.do(
                    "ban_account",
                    user=user,
                    host=self.domain,
                    reason="no longer in the tenant's file, or her time is over",
                )
                yield f"account {user} locked"

    def groups(self) -> Iterator[str]:
        present = set(self.daemon.ask("srg_list", host=self.domain))
        wanted = [each["id"] for each in self.wanted["groups"]]
        for group in sorted(present.difference(wanted)):
            self.do("srg_delete", group=group, host=self.domain)
            yield f"group {group} gone"
        for each in self.wanted["groups"]:
            group, there = each["id"], each["id"] in present
            facts = self.facts(group) if there else {}
            if facts.get("label") != each["title"] or set(facts.get("sees", ())) != set(each["sees"]):
                about = {"label": each["title"], "description": "", "display": each["sees"]}
                self.do("srg_create", group=group, host=self.domain, **about)
                yield f"group {group} {'changed' if there else 'made'}"
            members = {f"{user}@{self.domain}" for user in each["members"]}
            found = set(self.daemon.ask("srg_get_members", group=group, host=self.domain)) if there else set()
            for jid in sorted(members ^ found):
                user, _, host = jid.partition("@")
                verb = "srg_user_add" if jid in members else "srg_user_del"
                self.do(verb, user=user, host=host, group=group, grouphost=self.domain)
                yield f"{user} {'in' if jid in members else 'out of'} group {group}"

    def facts(self, group: str) -> dict[str, Any]:
        """label, and what its members see, as the daemon writes both."""
        told = {each["key"]: each["value"] for each in self.daemon.ask("srg_get_info", group=group, host=self.domain)}
        sees = [each.strip() for each in told.get("displayed_groups", "").split(",")]
        return {"label": told.get("label"), "sees": sees}

    def rooms(self) -> Iterator[str]:
        wanted = {each["id"] for each in self.wanted["rooms"]}
        for room in sorted(set(self.note.get("rooms", ())) - wanted):
            if self.options(room):
                self.do("destroy_room", room=room, service=self.service)
                yield f"room {room} gone"
        for each in self.wanted["rooms"]:
            yield from self.room(each["id"], each["options"], each["affiliations"])

    def options(self, room: str) -> dict[str, str]:
        """What the room is; nothing where there is none."""
        told: dict[str, str] = self.daemon.ask("get_room_options", room=room, service=self.service)
        return told

    def room(self, room: str, options: dict[str, str], affiliations: dict[str, str]) -> Iterator[str]:
        place = {"room": room, "service": self.service}
        present = self.options(room)
        declared = {f"{user}@{self.domain}": what for user, what in affiliations.items()}
        if not present:
            inside = ";".join(f"{what}:{jid}" for jid, what in declared.items())
            given = [{"name": name, "value": value} for name, value in {**options, "affiliations": inside}.items()]
            self.do("create_room_with_opts", **place, host=self.domain, options=given)
            yield f"room {room} made"
            return
        for name, value in options.items():
            if present.get(name) != value:
                self.do("change_room_option", **place, option=name, value=value)
                yield f"{name} of room {room} set"
        told = self.daemon.ask("get_room_affiliations", **place)
        found = {each["jid"]: each["affiliation"] for each in told}
        # Whom a leader sent away, and the file does not name, stays away.
        strangers = [jid for jid, what in found.items() if jid not in declared and what != "outcast"]
        for jid in sorted({*declared, *strangers}):
            what = declared.get(jid, "none")
            if found.get(jid, "none") != what:
                user, _, host = jid.partition("@")
                self.do("set_room_affiliation", **place, user=user, host=host, affiliation=what)
                yield f"{user} is {what} in room {room}"


def over(until: str) -> bool:
    return bool(until) and datetime.fromisoformat(until) <= datetime.now(UTC)


def noted(slug: str) -> Path:
    return SPOOL / f"{slug}.json"


def laid_down(slug: str, text: str | None, daemon: Daemon, check_mode: bool) -> bool:
    """Tells the daemon of the tenant's host, or with None no longer; all is put back where it refuses.

    Tenants come side by side, and all of them write the list of hosts.
    """
    with (SETTINGS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        files = hosts(slug, text)
        before = {path: path.read_text() if path.exists() else None for path in files}
        if before == files:
            return False
        if not check_mode:
            write(files)
            try:
                daemon.do("reload_config")
            except Exception:
                write(before)
                raise
        return True


def write(files: dict[Path, str | None]) -> None:
    for path, text in files.items():
        if text is None:
            path.unlink(missing_ok=True)
            continue
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text)
        fresh.chmod(0o640)
        shutil.chown(fresh, "root", "ejabberd")
        fresh.replace(path)


def listing(slugs: set[str]) -> str:
    """The list of hosts' files that the daemon's settings include."""
    paths = [f"{SETTINGS}/tenants/{slug}.yml" for slug in sorted(slugs)]
    return f"include_config_file: {json.dumps(paths)}\n"


def hosts(slug: str, text: str | None) -> dict[Path, str | None]:
    """The files that tell the daemon of the tenant's host, or no longer do."""
    folder = SETTINGS / "tenants"
    others = {each.stem for each in folder.glob("*.yml")} - {slug}
    return {folder / f"{slug}.yml": text, SETTINGS / "hosts.yml": listing(others | ({slug} if text else set()))}


def present(slug: str, text: str, wanted: dict[str, Any], daemon: Daemon, check_mode: bool) -> list[str]:
    done = ["host laid down"] if laid_down(slug, text, daemon, check_mode) else []
    if done and check_mode:
        return done  # a host that is not there yet cannot be asked
    note = json.loads(noted(slug).read_text()) if noted(slug).exists() else {}
    done += Host(daemon, wanted, note, dry=check_mode).steps()
    names = {each["user"]: each["name"] for each in wanted["accounts"]}
    ends = {each["user"]: each["until"] for each in wanted["accounts"] if "until" in each}
    rooms = [each["id"] for each in wanted["rooms"]]
    fresh = {"domain": wanted["domain"], "names": names, "rooms": rooms, "ends": ends}
    if fresh != note and not check_mode:
        write({noted(slug): json.dumps(fresh, ensure_ascii=False)})
    return done


def absent(slug: str, daemon: Daemon, check_mode: bool) -> list[str]:
    done = ["host taken away"] if laid_down(slug, None, daemon, check_mode) else []
    left = [noted(slug), *(each for each in SPOOL.glob(f"{slug}.sqlite3*"))]
    there = [each for each in left if each.exists()]
    if not check_mode:
        for each in there:
            each.unlink()
        if done or there:
            daemon.do("clear_cache")  # else who comes back is known without being there
    return done + [f"{each.name} deleted" for each in there]


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "tenant": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "host": {"type": "str", "default": ""},
            "wanted": {"type": "str", "required": True, "no_log": True},
            "socket": {"type": "path", "default": SOCKET},
        },
        supports_check_mode=True,
    )
    parameters = module.params
    slug, daemon = parameters["tenant"], Daemon(parameters["socket"])
    if not SETTINGS.is_dir():
        module.fail_json(msg=f"the chat of {slug}: this machine carries none; apply the platform first")
    try:
        if parameters["state"] == "present":
            done = present(slug, parameters["host"], json.loads(parameters["wanted"]), daemon, module.check_mode)
        else:
            done = absent(slug, daemon, module.check_mode)
    except (Refused, OSError, http.client.HTTPException) as error:
        module.fail_json(msg=f"the chat of {slug}: {error}; repeat the run")
    module.exit_json(changed=bool(done), done=done)


if __name__ == "__main__":
    main()
