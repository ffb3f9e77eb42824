"""A telephone made of PJSIP (pjsua2): signals by TLS and takes no sound but SRTP. A program of its own, run by `pjsua`.

Its first line of standard input is what it is, as JSON; each further one is a command. Each line of its standard output
is an event.
"""

from __future__ import annotations

import json
import select
import sys
from typing import Any

import pjsua2

SLICE = 20
"""Milliseconds of the library's work between two looks at standard input."""
AT_LAST = 25
"""Slices in which calls end when it is told to end."""


def tell(event: str, **more: Any) -> None:
    print(json.dumps({"event": event, **more}), flush=True)


class Call(pjsua2.Call):  # type: ignore[misc]
    """Speaks from a file and writes what it hears into another."""

    def __init__(self, phone: Phone, call: int = pjsua2.PJSUA_INVALID_ID) -> None:
        super().__init__(phone, call)
        self.phone = phone

    def onCallState(self, _: Any) -> None:
        info = self.getInfo()
        tell(info.stateText.lower(), code=info.lastStatusCode, remote=info.remoteUri)

    def onCallMediaState(self, _: Any) -> None:
        info = self.getInfo()  # what it holds is gone with it
        for index in range(len(info.media)):
            media = info.media[index]
            if media.type == pjsua2.PJMEDIA_TYPE_AUDIO and media.status == pjsua2.PJSUA_CALL_MEDIA_ACTIVE:
                sound = self.getAudioMedia(index)
                self.phone.speaks.startTransmit(sound)
                sound.startTransmit(self.phone.hears)


class Phone(pjsua2.Account):  # type: ignore[misc]
    def __init__(self, what: dict[str, str]) -> None:
        super().__init__()
        self.what = what
        self.call: Call | None = None
        self.speaks, self.hears = pjsua2.AudioMediaPlayer(), pjsua2.AudioMediaRecorder()
        self.speaks.createPlayer(what["says"])
        self.hears.createRecorder(what["hears"])
        wanted = pjsua2.AccountConfig()
        wanted.idUri = f"sip:{what['login']}@{what['domain']}"
        wanted.regConfig.registrarUri = f"sip:{what['domain']};transport=tls"
        wanted.sipConfig.proxies.append(f"sip:{what['edge']}:5061;transport=tls;lr")
        secret = pjsua2.AuthCredInfo("digest", "*", what["login"], 0, what["password"])
        wanted.sipConfig.authCreds.append(secret)
        wanted.mediaConfig.srtpUse = pjsua2.PJMEDIA_SRTP_MANDATORY
        wanted.mediaConfig.srtpSecureSignaling = 1
        self.create(wanted)

    def onRegState(self, state: Any) -> None:
        tell("registered" if state.code == 200 else "refused", code=state.code)

    def onIncomingCall(self, incoming: Any) -> None:
        self.call = Call(self, incoming.callId)
        tell("called", remote=self.call.getInfo().remoteUri)

    def do(self, command: str, to: str = "") -> None:
        parameters = pjsua2.CallOpParam(True)
        match command:
            case "call":
                self.call = Call(self)
                self.call.makeCall(f"sip:{to}@{self.what['domain']}", parameters)
            case "answer":
                parameters.statusCode = 200
                self.call.answer(parameters)
            case "hang-up":
                self.call.hangup(parameters)
            case "dump":
                tell("dump", text=self.call.dump(True, ""))


def main() -> None:
    endpoint = pjsua2.Endpoint()
    endpoint.libCreate()
    settings = pjsua2.EpConfig()
    settings.uaConfig.threadCnt, settings.uaConfig.mainThreadOnly = 0, True
    settings.logConfig.consoleLevel = 0
    endpoint.libInit(settings)
    endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_TLS, pjsua2.TransportConfig())
    endpoint.audDevManager().setNullDev()
    endpoint.libStart()
    phone = Phone(json.loads(sys.stdin.readline()))
    while True:
        endpoint.libHandleEvents(SLICE)
        if select.select([sys.stdin], [], [], 0)[0]:
            line = sys.stdin.readline()
            if not line:
                break
            phone.do(*line.split())
    # The recording is whole when its recorder is gone, and no call may outlive the library.
    endpoint.hangupAllCalls()
    for _ in range(AT_LAST):
        endpoint.libHandleEvents(SLICE)
    del phone.call, phone.speaks, phone.hears
    phone.shutdown()
    endpoint.libDestroy()


main()
