"""`python3 -P -m pbx_people ADDRESS`: tells what users are doing, over HTTP and to telephones, until it is ended."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading

from . import retention
from .follow import Followed
from .guard import Guard
from .known import Known
from .serve import Server
from .states import States, state
from .watches import Watches

HTTP, SIP = 8470, 5071


async def run(address: str) -> None:
    known, followed = Known(), Followed()
    followed.look()
    states = States(
        lambda tenant, slug, user: state(
            tenant, followed.doing(slug, user), followed.line(slug, user), followed.now(slug)
        )
    )
    server = Server((address, HTTP), known, Guard(), followed, states)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    never = threading.Event()
    threading.Thread(target=retention.watch, args=(known, server.mailboxes, never), daemon=True).start()
    watches = Watches((address, SIP), known.of, followed.doing, followed.now)
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: watches, local_addr=(address, SIP))
    await followed.tell(watches, lambda: states.look(known.with_chat(), followed.told()))


if __name__ == "__main__":
    asyncio.run(run(socket.gethostbyname(sys.argv[1])))
