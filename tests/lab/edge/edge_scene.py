"""Everybody who stands around an edge, and what they do in most tests."""

from __future__ import annotations

from dataclasses import dataclass

from edge_lab import password
from raw_sip import Agent, Message, answered, sdp

DOMAIN = "klinik.example"
MAIN = "+46850110100"
STRANGER = "+46701234567"


@dataclass
class Scene:
    """Everybody who stands around the edge."""

    desk: Agent
    mobile: Agent
    core: Agent
    carrier: Agent
    edge: str


def register(agent: Agent, account: str, secret: str = "", expires: int = 300, domain: str = DOMAIN) -> Message:
    address = f"sip:{account}@{domain}"
    request = agent.request("REGISTER", f"sip:{domain}", address, address, ("Expires", str(expires)))
    return agent.ask_with_password(request, account, secret or password(f"{domain.split('.')[0]}/{account}"))


def call_from_user(scene: Scene, dialled: str, *extra: tuple[str, str], body: str = "") -> tuple[Message, Message]:
    """An authenticated call of anna's desk telephone: the request as sent, and as it came to the core."""
    uri = f"sip:{dialled}@{DOMAIN}"
    invite = scene.desk.request("INVITE", uri, f"sip:anna-desk@{DOMAIN}", uri, *extra, body=body or offer(scene.desk))
    challenge = scene.desk.ask(invite)
    assert challenge.status == 407
    again = answered(invite, challenge, "anna-desk", password("klinik/anna-desk"))
    scene.desk.send(again)
    return again, scene.core.wait_for("INVITE")


def offer(agent: Agent, port: int = 40000) -> str:
    return sdp(agent.address, port)


def headers(message: Message, prefix: str = "x-pbx-") -> dict[str, str]:
    return {name.lower(): value for name, value in message.headers if name.lower().startswith(prefix)}
