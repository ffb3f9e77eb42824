"""A core node whose daemon keeps messages in a spool, and its service for programs of users."""

from __future__ import annotations

import sys
from http.client import HTTPConnection
from pathlib import Path

from provisioner.targets.asterisk import people
from tests.roles.test_pbx_people import NOW, PASSWORD, Asterisk, Service

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "people" / "files"))

from pbx_people.serve import Server
from pbx_people.states import States

FIRST, SECOND = "1790000000-00000001", "1790000000-00000002"
ACME = (
    people.House("acme.example", "Europe/Stockholm", "sv"),
    people.Person("anna", "Anna Berg", "101", {"anna-desk": "x", "anna-app": "x"}, mailbox=True, mobile="cell"),
    people.Person("bo", "Bo Ek", "102", {"bo-desk": "x"}, mailbox=True, keep=30),
    people.Person("cecilia", "Cecilia Dahl", "103", {"cecilia-desk": "x"}),
    people.Shared("info", "Reception", ("anna", "bo"), "Custom:acme.voicemail.info"),
    people.Shared("secret", "Secret", ("bo",), "Custom:acme.voicemail.secret", keep=30),
)
OTHER = (
    people.House("other.example", "Europe/Stockholm", "sv"),
    people.Person("anna", "Anna Other", "101", {"anna-desk": "x"}, mailbox=True),
    people.Shared("info", "Other's", ("anna",)),
)
V1 = "/v1/tenants/acme"
BOXES = f"{V1}/mailboxes"

NO_STATES = States(lambda *_: None)


class Spool(Asterisk):
    """Asterisk's database and its spool: messages are renamed when one before them goes, as the daemon does it."""

    def __init__(self, path: Path, spool: Path) -> None:
        super().__init__(path)
        self.spool, self.lights, self.full = spool, {}, False  # type: ignore[var-annotated]

    def leave(self, slug: str, box: str, *, id: str, caller: str, folder: str = "INBOX", began: int = NOW) -> None:
        home = self.spool / slug / box / folder
        home.mkdir(parents=True, exist_ok=True)
        stem = home / f"msg{len(list(home.glob('*.txt'))):04}"
        text = f"[message]\norigmailbox={box}\ncallerid={caller}\norigtime={began}\nduration=7\nmsg_id={id}\n"
        stem.with_suffix(".txt").write_text(f";\n; Message Information file\n;\n{text}")
        stem.with_suffix(".wav").write_bytes(b"RIFF" + id.encode())

    def ask(self, command: str) -> str:
        match command.split():
            case ["voicemail", "move", box, slug, folder, id, to] if not self.full:
                self._take(slug, box, folder, id, to)
            case ["voicemail", "remove", box, slug, folder, id] if not self.full:
                self._take(slug, box, folder, id, "")
            case ["voicemail", *_]:
                return "full"
            case ["devstate", "change", light, state]:
                self.lights[light] = state
            case _:
                return super().ask(command)
        return "done\n"

    def _take(self, slug: str, box: str, folder: str, id: str, to: str) -> None:
        home = self.spool / slug / box / folder
        left = [
            (path.read_text(), path.with_suffix(".wav").read_bytes()) for path in sorted(home.glob("msg*.txt"))
        ]  # fmt: skip
        for path in home.iterdir():
            path.unlink()
        for text, sound in left:
            target = home if f"msg_id={id}\n" not in text else self.spool / slug / box / to if to else None
            if target:
                target.mkdir(exist_ok=True)
                stem = target / f"msg{len(list(target.glob('*.txt'))):04}"
                stem.with_suffix(".txt").write_text(text)
                stem.with_suffix(".wav").write_bytes(sound)


class Running(Service):
    asterisk: Spool
    server: Server

    def raw(self, method: str, path: str, login: str = "anna-desk") -> tuple[int, str | None, bytes]:
        """Status, media type and body."""
        import base64

        code = base64.b64encode(f"{login}:{PASSWORD}".encode()).decode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request(method, path, headers={"Authorization": f"Basic {code}"})
        answer = connection.getresponse()
        found = answer.status, answer.getheader("Content-Type"), answer.read()
        connection.close()
        return found
