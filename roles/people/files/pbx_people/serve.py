"""The HTTP interface, for the private network: programs of users reach it through an edge that speaks TLS.

| request | answer |
| --- | --- |
| GET /v1/tenants/SLUG/activities | the activities that users of the tenant may be in |
| GET /v1/tenants/SLUG/users | all colleagues with what they are doing |
| GET /v1/tenants/SLUG/users/NAME/activity | what one colleague is doing |
| PUT /v1/tenants/SLUG/users/NAME/activity | sets one's own: `{"activity": "lunch", "until": "…", "note": "…"}` |
| DELETE /v1/tenants/SLUG/users/NAME/activity | available again |
| GET /v1/tenants/SLUG/users/NAME/calls | one's own calls (`calls`) |
| GET /v1/tenants/SLUG/contacts | the contact book: colleagues first, then whom the tenant knows outside (`book`) |
| GET /v1/tenants/SLUG/reader | who logs in, for the server of contact books |
| GET, PUT, DELETE /v1/tenants/SLUG/mailboxes… | the mailboxes that one may hear (`mailboxes`) |
| GET /v1/tenants/SLUG/attendants/NAME | what an external attendant must know, with what people are doing |
| GET /v1/tenants/SLUG/attendants/NAME/page | the same as a page for a browser (`page`) |
| POST /v1/tenants/SLUG/attendants/NAME/messages | has one of them told something by mail or text message |
| GET, PUT /chat/… | for the machine that carries chat alone (`chat`); no edge leads there |

The login is that of a telephone, by HTTP Basic, or an external attendant's own. Whoever logs in sees the people of the
own tenant and no other, and the own calls and messages.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from . import book, calls, chat, desk, lived, page
from .follow import Followed
from .guard import Guard, attendant
from .known import Known
from .mailboxes import Box, Mailboxes
from .refused import Refused
from .states import States

LONGEST_BODY = 4096
SECONDS = 10
"""How long a client may take to say what it wants."""


AT_ONCE = 8
"""Messages that are handed out at the same time, whoever asks."""
CHUNK = 1 << 16
_OF_ATTENDANTS = (("GET", []), ("GET", ["page"]), ("POST", ["messages"]))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], known: Known, guard: Guard, followed: Followed, states: States
    ) -> None:
        super().__init__(address, Handler)
        self.states = states
        self.known, self.guard, self.followed = known, guard, followed
        self.mailboxes = Mailboxes()
        self.sounds = threading.BoundedSemaphore(AT_ONCE)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "pbx-people", ""
    timeout = SECONDS

    def do_GET(self) -> None:
        self._answer()

    do_PUT = do_DELETE = do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        """Who asks for what is nobody's business."""

    def _answer(self) -> None:
        self._extra: dict[str, str] = {}
        try:
            body = self._body()
            status, found, headers = HTTPStatus.OK, self._found(body), self._extra
        except Refused as refused:
            status, found, headers = refused.status, {"error": str(refused)}, refused.headers
        except lived.Silent as silent:
            status, found, headers = HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(silent)}, {"Retry-After": "5"}
        if isinstance(found, dict):
            text = json.dumps(found, ensure_ascii=False).encode()
            self._begin(status, {**headers, "Content-Type": "application/json"}, len(text))
            self.wfile.write(text)
        elif isinstance(found, str):
            text = found.encode()
            shown = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.POLICY}
            self._begin(status, shown, len(text))
            self.wfile.write(text)
        else:
            self._sound(found)

    def _begin(self, status: HTTPStatus, headers: dict[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in {**headers, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _sound(self, file: BinaryIO) -> None:
        """Hands a message out; `_found` has counted it among those that are under way."""
        try:
            with file:
                left = os.fstat(file.fileno()).st_size
                self._begin(HTTPStatus.OK, {"Content-Type": "audio/wav"}, left)
                while left and (part := file.read(min(CHUNK, left))):
                    left -= len(part)
                    self.wfile.write(part)
        finally:
            self.server.sounds.release()

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > LONGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"say at most {LONGEST_BODY} bytes")
        return self.rfile.read(int(length))

    def _found(self, body: bytes) -> dict[str, Any] | str | BinaryIO:
        path, _, query = self.path.partition("?")
        match path.split("/"):
            case ["", "chat", *rest]:
                return chat.answered(self, rest, query, body)
            case ["", "v1", "tenants", slug, "activities"] if self.command == "GET":
                return {"activities": self._tenant(slug)[0]["activities"]}
            case ["", "v1", "tenants", slug, "users"] if self.command == "GET":
                tenant, _ = self._tenant(slug)
                doing = self.server.followed.doing
                return {"users": [self._shown(tenant, each, doing(slug, each)) for each in tenant["people"]]}
            case ["", "v1", "tenants", slug, "users", name, "activity"]:
                tenant, user = self._tenant(slug)
                if name not in tenant["people"]:
                    raise Refused(HTTPStatus.NOT_FOUND, f"no user {name!r}")
                if self.command != "GET":
                    if name != user:
                        raise Refused(HTTPStatus.FORBIDDEN, "an activity is set by its owner alone")
                    lived.keep(slug, name, self._wanted(tenant, slug, body) if self.command == "PUT" else lived.Doing())
                return self._shown(tenant, name, lived.one(slug, name))
            case ["", "v1", "tenants", slug, "users", name, "calls"] if self.command == "GET":
                tenant, user = self._tenant(slug)
                if name != user or name not in tenant["people"]:
                    # Whether there is such a colleague is told by the list of them; what she did is not.
                    raise Refused(HTTPStatus.FORBIDDEN, "calls are shown to whose they are, and to nobody else")
                device = self._login()[0].removeprefix(f"{user}-")
                return calls.found(tenant, slug, user, device, query)
            case ["", "v1", "tenants", slug, "contacts"] if self.command == "GET":
                tenant, user = self._tenant(slug)
                if user not in tenant["people"]:
                    raise Refused(HTTPStatus.FORBIDDEN, "the contact book is for the tenant's own users")
                doing = self.server.followed.doing
                return book.found(tenant, user, query, lambda each: self._shown(tenant, each, doing(slug, each)))
            case ["", "v1", "tenants", slug, "reader"] if self.command == "GET":
                # nginx reads the head of the answer alone, and leaves then.
                self.close_connection = True
                # A program fetches and writes hundreds of cards one by one: wrong passwords alone are counted.
                tenant, user = self._tenant(slug, counted=False)
                if user not in tenant["people"] or "book" not in tenant["tenant"]:
                    raise Refused(HTTPStatus.FORBIDDEN, "no contact book for you")
                self._extra["X-PBX-Reader"] = f"{slug}.{user}"
                return {}
            case ["", "v1", "tenants", slug, "mailboxes", *rest]:
                tenant, user = self._tenant(slug)
                return self._mailboxes(tenant, slug, user, rest, body)
            case ["", "v1", "tenants", slug, "attendants", name, *rest] if (self.command, rest) in _OF_ATTENDANTS:
                told = self._attendant(slug, name, body)
                return page.page(told, self._tenant(slug)[0]["tenant"]["language"], query) if rest == ["page"] else told
        raise Refused(HTTPStatus.NOT_FOUND, "nothing here")

    def _mailboxes(
        self, tenant: dict[str, Any], slug: str, user: str, rest: list[str], body: bytes
    ) -> dict[str, Any] | BinaryIO:
        boxes, kept = Box.of(tenant, slug, user), self.server.mailboxes
        if not rest and self.command == "GET":
            return {"mailboxes": [kept.shown(each) for each in boxes.values()]}
        # Somebody else's mailbox answers like one that is not there.
        box = boxes.get(rest[0]) if rest else None
        if box is None:
            raise Refused(HTTPStatus.NOT_FOUND, "no such mailbox of yours")
        match self.command, rest[1:]:
            case "GET", []:
                return kept.shown(box)
            case "PUT", []:
                return kept.switch(box, _truth(body, "on"))
            case "GET", ["messages"]:
                return {"messages": [each.shown(box) for each in kept.messages(box)]}
            case "GET", ["messages", id]:
                return kept.message(box, id).shown(box)
            case "PUT", ["messages", id]:
                return kept.mark(box, id, heard=_truth(body, "heard")).shown(box)
            case "DELETE", ["messages", id]:
                kept.delete(box, id)
                return {}
            case "GET", ["messages", id, "audio"]:
                return self._heard(box, id)
        raise Refused(HTTPStatus.NOT_FOUND, "nothing here")

    def _heard(self, box: Box, id: str) -> BinaryIO:
        if not self.server.sounds.acquire(blocking=False):
            busy = "too many messages are being fetched"
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, busy, **{"Retry-After": "5"})
        try:
            return self.server.mailboxes.sound(box, id)
        except BaseException:
            self.server.sounds.release()
            raise

    def _attendant(self, slug: str, name: str, body: bytes) -> dict[str, Any]:
        tenant, who = self._tenant(slug)
        if who != attendant(name):
            raise Refused(HTTPStatus.FORBIDDEN, "this is the external attendant's alone")
        if self.command == "GET":
            doing = self.server.followed.doing
            return desk.sheet(tenant, slug, name, lambda user: self._shown(tenant, user, doing(slug, user)))
        try:
            return desk.send(tenant, slug, name, body)
        except desk.Wrong as wrong:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(wrong)) from None

    def _tenant(self, slug: str, *, counted: bool = True) -> tuple[dict[str, Any], str]:
        """The tenant, and who of it asks. Whoever cannot log in does not learn which tenants there are.

        An account may bear its tenant, `anna-desk@klinik`: so a program finds its contact books by the edge's name.
        """
        client, (account, password) = self._client(), self._login()
        account = account.removesuffix(f"@{slug}")
        if self.server.guard.refuses(client, slug, account, counted=counted):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too many requests", **{"Retry-After": "300"})
        tenant = self.server.known.of(slug) or {"tenant": {"domain": slug}, "people": {}}
        user = self.server.guard.user(tenant, client, slug, account, password, counted=counted)
        if not user:
            raise _unauthorised("wrong login")
        return tenant, user

    def _client(self) -> str:
        """Where the request comes from: an edge in between says so last."""
        return self.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or self.client_address[0]

    def _login(self) -> tuple[str, str]:
        scheme, _, code = self.headers.get("Authorization", "").partition(" ")
        try:
            account, colon, password = base64.b64decode(code.strip(), validate=True).decode().partition(":")
        except ValueError:
            colon = account = password = ""
        if scheme.lower() != "basic" or not colon or not account:
            raise _unauthorised("log in with a telephone's account")
        return account, password

    def _wanted(self, tenant: dict[str, Any], slug: str, body: bytes) -> lived.Doing:
        try:
            document = json.loads(body)
            activity, until, note = document["activity"], document.get("until"), document.get("note") or ""
            fits = isinstance(activity, str) and isinstance(note, str) and (until is None or isinstance(until, str))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            fits = False
        if not fits:
            raise Refused(HTTPStatus.BAD_REQUEST, 'expected {"activity": "lunch", "until": null or a time, "note": ""}')
        if activity not in tenant["activities"]:
            known = ", ".join(tenant["activities"])
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"no activity {activity!r}; there are: {known}")
        if len(note.encode()) > lived.LONGEST_NOTE or not note.isprintable():
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"a note is one line of at most {lived.LONGEST_NOTE} bytes")
        if activity == lived.AVAILABLE and until:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "available has no end")
        return lived.Doing(activity, _instant(until, tenant, slug) if until else 0, note)

    @staticmethod
    def _shown(tenant: dict[str, Any], name: str, doing: lived.Doing) -> dict[str, Any]:
        person, zone = tenant["people"][name], ZoneInfo(tenant["tenant"]["time_zone"])
        titles = tenant["activities"].get(doing.activity, {}).get("titles", {})
        return {
            "user": name,
            "name": person["title"],
            "extension": person["extension"],
            "activity": doing.activity,
            "titles": titles,
            "until": datetime.fromtimestamp(doing.until, zone).isoformat() if doing.until else None,
            "note": doing.note,
            "by": doing.by,
        }


def _truth(body: bytes, key: str) -> bool:
    """What a document such as `{"heard": true}` says."""
    try:
        said = json.loads(body)[key]
    except (ValueError, TypeError, KeyError, RecursionError):
        said = None
    if not isinstance(said, bool):
        raise Refused(HTTPStatus.BAD_REQUEST, f'expected {{"{key}": true}} or {{"{key}": false}}')
    return said


def _unauthorised(why: str) -> Refused:
    return Refused(HTTPStatus.UNAUTHORIZED, why, **{"WWW-Authenticate": 'Basic realm="pbx", charset="UTF-8"'})


def _instant(text: str, tenant: dict[str, Any], slug: str) -> int:
    try:
        meant = datetime.fromisoformat(text)
        if meant.tzinfo is None:
            meant = meant.replace(tzinfo=ZoneInfo(tenant["tenant"]["time_zone"]))
        instant = int(meant.timestamp())
    except (ValueError, OverflowError, OSError):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"{text!r} is no time such as 2027-03-01T13:00") from None
    if instant <= lived.now(slug):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"{text} is over")
    return instant
