"""The lab's mail relay and text-message gateway: takes everything, sends nothing on, keeps it to be read.

Runs on the machine `carrier`. Each arrival is one line of JSON. Addresses that begin with `refused` are refused for
good, those with `later` for now; so are numbers that end with 0000 and 0001.
"""

import asyncio
import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CAUGHT = Path("/var/lib/pbx-catcher/caught.jsonl")
MAIL_PORT, SMS_PORT = 2525, 8025
one_at_a_time = threading.Lock()


def keep(**facts: object) -> None:
    with one_at_a_time, CAUGHT.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": time.time(), **facts}) + "\n")


class Mail:
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ARG002
        if address.startswith("refused"):
            return "550 5.1.1 nobody of that name"
        if address.startswith("later"):
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002
        content = base64.b64encode(envelope.content).decode()
        keep(kind="mail", sender=envelope.mail_from, to=envelope.rcpt_tos, content=content)
        return "250 OK"


class Sms(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        try:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        except ValueError:
            self.send_error(400)
            return
        to = str(asked.get("to", ""))
        if to.endswith("0000"):
            self.send_error(400, "no such number")
        elif to.endswith("0001"):
            self.send_error(429, "try again later")
        else:
            keep(kind="sms", to=[to], sender=asked.get("from", ""), content=asked)
            self.send_response(202)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


async def main() -> None:
    from aiosmtpd.controller import Controller  # of the machine; nobody else needs it

    mail = Controller(Mail(), hostname="0.0.0.0", port=MAIL_PORT)
    mail.start()
    web = ThreadingHTTPServer(("0.0.0.0", SMS_PORT), Sms)
    await asyncio.to_thread(web.serve_forever)


if __name__ == "__main__":
    asyncio.run(main())
