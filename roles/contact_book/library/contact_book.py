#!/usr/bin/python3
"""Ansible module: the contact books of tenants in the folder of the CardDAV server, told truthfully.

A tenant's own book becomes what its bundle says, card by card. Each user has a link to it and a book of her own,
which is made once and never touched again; that of a user who is gone is put aside as one file of cards. The server's
own lock is held meanwhile. Not for what users have when a tenant leaves: that is the role `leaving`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ansible.module_utils.basic import AnsibleModule

BUNDLES = Path("/etc/asterisk/pbx/tenants")
HOME = Path("/var/lib/pbx-contacts")
DAEMON = "radicale"
OWN = {"sv": "Egna kontakter"}
"""What her own book is called, by the tenant's language; English otherwise."""
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
UID = re.compile(r"^UID:([a-z0-9.-]+)$", re.MULTILINE)
PROPERTIES, CACHE = ".Radicale.props", ".Radicale.cache"


class Wanted(NamedTuple):
    """What a tenant's bundle says: the title of its book, what users' own are called, users, and cards by file."""

    title: str
    own: str
    users: tuple[str, ...]
    cards: dict[str, str]


def wanted(folder: Path) -> Wanted | None:
    """Nothing where the tenant has no book."""
    people = folder / "people.json"
    known = json.loads(people.read_bytes()) if people.is_file() else {"tenant": {}}
    if "book" not in known["tenant"]:
        return None
    cards = (folder / "cards.vcf").read_text()
    parts = [f"BEGIN:VCARD{part}".rstrip() + "\n" for part in cards.split("BEGIN:VCARD")[1:]]
    named = {f"{UID.search(part)[1]}.vcf": part for part in parts}
    own = OWN.get(known["tenant"]["language"][:2], "Personal contacts")
    return Wanted(known["tenant"]["book"]["title"], own, tuple(known["people"]), named)


def properties(title: str) -> str:
    return json.dumps({"D:displayname": title, "tag": "VADDRESSBOOK"}, sort_keys=True)


class Books:
    """`home` is the server's folder, `uid` and `gid` the server's; with `check_mode` nothing is written."""

    def __init__(self, slug: str, home: Path, uid: int, gid: int, check_mode: bool) -> None:
        self._slug = slug
        self._home = home
        self._uid, self._gid = uid, gid
        self._check_mode = check_mode
        self._root = home / "collection-root"
        self.done: list[str] = []

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        descriptor = os.open(self._home / ".Radicale.lock", os.O_RDWR | os.O_CREAT, 0o640)
        try:
            os.fchown(descriptor, self._uid, self._gid)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def take_away(self) -> None:
        """The tenant's own book; users' stay as long as nobody says otherwise."""
        company = self._root / self._slug
        if company.is_dir() and self._does("the tenant's book is gone"):
            shutil.rmtree(company)

    def apply(self, book: Wanted) -> None:
        self._folder(self._root)
        company = self._root / self._slug
        self._folder(company)
        # The server notes there what it has shown, and changes nothing beside it.
        self._folder(company / CACHE, daemons=True)
        self._file(company / PROPERTIES, properties(book.title))
        for name, text in sorted(book.cards.items()):
            self._file(company / name, text)
        there = company.glob("*.vcf") if company.is_dir() else ()
        for path in sorted(each for each in there if each.name not in book.cards):
            if self._does(f"{path.name} is gone"):
                path.unlink()
        for user in book.users:
            self._user(user, book.own)
        for path in sorted(self._root.glob(f"{self._slug}.*")):
            if path.name.partition(".")[2] not in book.users:
                self._put_aside(path)

    def _user(self, user: str, title: str) -> None:
        home = self._root / f"{self._slug}.{user}"
        self._folder(home)
        link = home / "company"
        if not link.is_symlink() and self._does(f"{user} sees the tenant's book"):
            link.symlink_to(Path("..") / self._slug)
        personal = home / "personal"
        if not personal.exists():
            # Whole or not at all: once it is there nobody looks again whether it says that it is a book. And the
            # daemon's only then: in a folder of its own root would write where its links lead.
            fresh = home / ".Radicale.new-personal"
            self._folder(fresh)
            self._file(fresh / PROPERTIES, properties(title), daemons=True)
            if not self._check_mode:
                os.chown(fresh, self._uid, self._gid)
                fresh.replace(personal)

    def _put_aside(self, home: Path) -> None:
        user = home.name.partition(".")[2]
        if not self._does(f"the book of {user} is put aside"):
            return
        personal = home / "personal"
        there = personal.iterdir() if personal.is_dir() else ()
        cards = sorted(each for each in there if each.is_file() and not each.name.startswith("."))
        if cards:
            left = self._home / "left" / self._slug
            left.mkdir(mode=0o700, parents=True, exist_ok=True)
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            path = left / f"{user}-{stamp}.vcf"
            path.touch(mode=0o600)
            with path.open("wb") as stream:
                stream.write(b"\n".join(each.read_bytes().rstrip() for each in cards) + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        shutil.rmtree(home)

    def _does(self, what: str) -> bool:
        """Notes what is done; whether it is to be done now."""
        self.done.append(what)
        return not self._check_mode

    def _folder(self, path: Path, *, daemons: bool = False) -> None:
        if not path.is_dir() and self._does(f"{path.name} is there"):
            path.mkdir(mode=0o750)
            os.chown(path, self._uid if daemons else os.geteuid(), self._gid)

    def _file(self, path: Path, text: str, *, daemons: bool = False) -> None:
        if path.is_file() and path.read_text() == text:
            return
        if self._does(f"{path.name} says what is wanted"):
            # A name that the server shows to nobody.
            fresh = path.with_name(f".Radicale.new-{path.name}")
            fresh.write_text(text)
            fresh.chmod(0o640)
            os.chown(fresh, self._uid if daemons else os.geteuid(), self._gid)
            fresh.replace(path)


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "tenants": {"type": "list", "elements": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "required": True},
        },
        supports_check_mode=True,
    )
    slugs, present = module.params["tenants"], module.params["state"] == "present"
    if strange := [each for each in slugs if not SLUG.fullmatch(each)]:
        module.fail_json(msg=f"{strange[0]!r} is no tenant")
    found = {slug: wanted(BUNDLES / slug) if present else None for slug in slugs}
    if not HOME.is_dir():
        if any(found.values()):
            module.fail_json(msg=f"{HOME} is not there; apply the platform first")
        module.exit_json(changed=False)
    server = pwd.getpwnam(DAEMON)
    done = {}
    for slug, book in found.items():
        books = Books(slug, HOME, server.pw_uid, server.pw_gid, module.check_mode)
        with books.locked():
            books.apply(book) if book else books.take_away()
        if books.done:
            done[slug] = books.done
    module.exit_json(changed=bool(done), tenants=list(done), done=done)


if __name__ == "__main__":
    main()
