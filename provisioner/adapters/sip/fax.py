"""A fax machine on the lab's public network: a second Asterisk that sends pages with spandsp, as sound or by T.38.

One fax at a time; it is up for as long as the fax lasts and leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import re
import struct

from provisioner.core.ports.fax import Sent
from provisioner.core.ports.sip import AgentError
from provisioner.targets.asterisk.modules import MODULES

from .shell import Shell

HOME = "/run/fax-machine"
PORT = 5094
WIDTH, HEIGHT = 1728, 400
STARTS = 20
"""Seconds until it takes orders."""
POLL = 0.5

_ASK = f"asterisk -C {HOME}/etc/asterisk.conf -rx"
_RESULT = re.compile(r"FAX RESULT (\w*)/(\w*)/([^\n]*)")


def document(pages: int) -> bytes:
    """An uncompressed TIFF in fax resolution: each page is stripes of another width."""
    rows = [b"".join((b"\xff" if (row // (8 * n)) % 2 else b"\x00") * (WIDTH // 8) for row in range(HEIGHT))
            for n in range(1, pages + 1)]  # fmt: skip
    out = bytearray(struct.pack("<2sHI", b"II", 42, 0))
    link = 4
    for strip in rows:
        place = len(out)
        out += strip
        rational = len(out)
        out += struct.pack("<IIII", 204, 1, 98, 1)
        entries = [
            (256, 4, WIDTH), (257, 4, HEIGHT), (258, 3, 1), (259, 3, 1), (262, 3, 0), (273, 4, place), (277, 3, 1),
            (278, 4, HEIGHT), (279, 4, len(strip)), (282, 5, rational), (283, 5, rational + 8), (296, 3, 2),
        ]  # fmt: skip
        struct.pack_into("<I", out, link, len(out))
        out += struct.pack("<H", len(entries))
        for tag, kind, value in entries:
            out += struct.pack("<HHII", tag, kind, 1, value)
        link = len(out)
        out += struct.pack("<I", 0)
    return bytes(out)


class LabFaxMachine:
    """The `FaxMachine` port. `here` is the public address of its machine; with `t38` it offers and takes T.38."""

    def __init__(self, shell: Shell, here: str, edge: str, *, t38: bool = False) -> None:
        self._shell, self._here, self._edge, self._t38 = shell, here, edge, t38
        self._one_at_a_time = asyncio.Lock()

    async def send(self, caller: str, number: str, pages: int, timeout: float) -> Sent:
        async with self._one_at_a_time:
            try:
                await self._start(caller, pages)
                await self._order(f"channel originate PJSIP/{number}@edge extension s@send")
                return await self._result(timeout)
            finally:
                await self._shell.run(f"kill $(cat {HOME}/pid) 2>/dev/null; rm -rf {HOME}")

    async def _start(self, caller: str, pages: int) -> None:
        await self._shell.run(f"rm -rf {HOME}; mkdir -p {HOME}/etc {HOME}/lib {HOME}/spool {HOME}/run {HOME}/log")
        for name, text in self._files(caller).items():
            await self._shell.run(f"cat > {HOME}/etc/{name}", stdin=text.encode())
        await self._shell.run(f"cat > {HOME}/raw.tif && tiffcp -c g4 {HOME}/raw.tif {HOME}/fax.tif",
                              stdin=document(pages))  # fmt: skip
        program = f"asterisk -C {HOME}/etc/asterisk.conf -f"
        await self._shell.run(f"setsid {program} >{HOME}/out 2>&1 </dev/null & echo $! > {HOME}/pid")
        for _ in range(int(STARTS / POLL)):
            if "fully booted" in await self._order("core waitfullybooted"):
                return
            await asyncio.sleep(POLL)
        raise AgentError("the fax machine does not start", (await self._shell.run(f"cat {HOME}/out")).decode()[-300:])

    async def _order(self, command: str) -> str:
        return (await self._shell.run(f"{_ASK} '{command}' 2>&1 || :")).decode(errors="replace")

    async def _result(self, timeout: float) -> Sent:
        try:
            async with asyncio.timeout(timeout):
                while True:
                    log = (await self._shell.run(f"cat {HOME}/log/fax.log 2>/dev/null || :")).decode(errors="replace")
                    if found := _RESULT.search(log):
                        return Sent(found[1] == "SUCCESS", found[2], found[3].strip())
                    if "0 active channels" in await self._order("core show channels count"):
                        # The line may have been written between the two looks.
                        log = (await self._shell.run(f"cat {HOME}/log/fax.log 2>/dev/null || :")).decode()
                        if not _RESULT.search(log):
                            return Sent(False, "", "the call was not answered")
                    await asyncio.sleep(POLL)
        except TimeoutError:
            return Sent(False, "", f"not over after {timeout:.0f} s")

    def _files(self, caller: str) -> dict[str, str]:
        folders = "".join(
            f"ast{key}dir => {HOME}/{value}\n"
            for key, value in (("etc", "etc"), ("varlib", "lib"), ("db", "lib"), ("key", "lib"),
                               ("spool", "spool"), ("run", "run"), ("log", "log"))
        )  # fmt: skip
        t38 = "t38_udptl=yes\nt38_udptl_ec=redundancy\n" if self._t38 else ""
        return {
            "asterisk.conf": f"[directories]\n{folders}",
            "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={each}.so\n" for each in MODULES),
            "logger.conf": "[general]\n[logfiles]\nfax.log => notice,warning,error,fax\n",
            "pjsip.conf": f"[t]\ntype=transport\nprotocol=udp\nbind={self._here}:{PORT}\n"
            f"[edge]\ntype=endpoint\ntransport=t\ncontext=none\ndisallow=all\nallow=alaw\naors=edge\n"
            f"from_user={caller}\n{t38}"
            f"[edge]\ntype=aor\ncontact=sip:{self._edge}:5060\n",
            "rtp.conf": "[general]\nrtpstart=31000\nrtpend=31100\n",
            "res_fax.conf": "[general]\nmaxrate=14400\nminrate=4800\nmodems=v17,v27,v29\n",
            "extensions.conf": f"[none]\n[send]\nexten => s,1,SendFAX({HOME}/fax.tif,f)\nsame => n,Hangup()\n"
            "exten => h,1,Log(NOTICE,FAX RESULT ${FAXSTATUS}/${FAXMODE}/${FAXERROR})\n",
            "acl.conf": "",
            "pjproject.conf": "",
            "stasis.conf": "[threadpool]\n",
            "cdr.conf": "[general]\nenable=no\n",
            "cel.conf": "[general]\nenable=no\n",
            "udptl.conf": "[general]\nudptlstart=32000\nudptlend=32100\n",
            "ccss.conf": "[general]\n",
            "features.conf": "[general]\n",
            "indications.conf": "[general]\ncountry=us\n[us]\ndescription=us\ndial=350+440\n",
        }
