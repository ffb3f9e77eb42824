"""`pbx_meet SETTINGS FOLDER`: the service on 127.0.0.1, behind the edge's web server.

`SETTINGS` is a JSON file: `port`, `address` of LiveKit for browsers, `livekit` (its port), `key` and `secret`. Each
request is one POST of a JSON object to `/<what>`; so is each answer, with `error` where somebody does not get it.
"""

from __future__ import annotations

import http.server
import json
import sys
from pathlib import Path
from typing import Any

from .links import Refused
from .livekit import LiveKit, Missing, Unreachable
from .meetings import Meetings

LONGEST = 16_384


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection. Nothing of a request is logged: a link in it opens a room."""

    meetings: Meetings
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        try:
            self._answer(200, self._done())
        except Refused as refused:
            self._answer(refused.status, {"error": refused.code, **refused.facts})
        except Missing:
            self._answer(409, {"error": "not_held"})
        except Unreachable as error:
            print(error, file=sys.stderr, flush=True)
            self._answer(503, {"error": "later"})
        except (ValueError, KeyError, TypeError, OSError) as error:
            # A tenant's file that cannot be read, or words that are no object: neither stops the service.
            print(f"{type(error).__name__} at {self.path}", file=sys.stderr, flush=True)
            self._answer(400, {"error": "request"})

    def _done(self) -> dict[str, Any]:
        does = {
            "/look": self.meetings.look,
            "/open": self.meetings.open,
            "/invite": self.meetings.invite,
            "/into": self.meetings.into,
            "/join": self.meetings.join,
            "/lead": self.meetings.lead,
        }.get(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST:
            self.close_connection = True
            raise Refused(413, "request")
        asked = json.loads(self.rfile.read(length) or b"{}")
        if does is None or not isinstance(asked, dict):
            raise Refused(404, "request")
        return does(asked)

    def _answer(self, status: int, facts: dict[str, Any]) -> None:
        body = json.dumps(facts, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def main() -> None:
    settings, folder = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])
    server = LiveKit(settings["livekit"], settings["key"], settings["secret"])
    Handler.meetings = Meetings(folder, server, settings["address"])
    http.server.ThreadingHTTPServer(("127.0.0.1", settings["port"]), Handler).serve_forever()


if __name__ == "__main__":
    main()
