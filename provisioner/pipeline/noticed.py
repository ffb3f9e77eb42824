"""Noticed: what callers and users notice of a drift, in a sentence; empty where that cannot be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.core.drift import Drift

Say = Callable[[Drift, str], str]
"""A sentence from the drift and what follows the first word of its object."""


def noticed(drift: Drift) -> str:
    """What callers or users notice of a difference, as a sentence; empty where nobody knows."""
    kind, _, name = drift.object.removeprefix("memory ").partition(" ")
    if say := _SAYS.get(kind):
        return say(drift, name)
    if "/queues.conf " in drift.object:
        return _queue(drift, drift.object.rpartition(" ")[2])
    if "/extensions.conf dialplan " in drift.object:
        return _dialplan(drift, drift.object.partition(" dialplan ")[2])
    if drift.object.endswith(".wav") and drift.found is None:
        return "callers hear nothing where this is to be heard"
    return ""


def _service(_: Drift, name: str) -> str:
    return _OUT_OF_ORDER.get(name, "")


_OUT_OF_ORDER: Mapping[str, str] = {
    "asterisk": "calls of the tenants on this node are not handled",
    "kamailio": "nobody can call or register at this edge",
    "rtpengine-daemon": "nobody hears anything in calls over this edge",
    "nginx": "telephones that set themselves up get nothing, and programs cannot reach the users' services",
    "postgresql@*": "no telephone can register",
    "pbx-chat": "nobody can chat",
    "pbx-chat-phones": "chat does not show who is on a call",
    "pbx-livekit": "nobody can come into video rooms, and those held have ended",
    "pbx-meet": "nobody can come into video rooms",
    "pbx-notices": "no notice leaves by mail or text",
    "pbx-transcripts": "messages in mailboxes are not written down",
    "nftables": "the machine is open to everybody who reaches it",
}


def _tenant(drift: Drift, _: str) -> str:
    if drift.found is None:
        return "no call comes in or goes out"
    if drift.expected is None:
        return "a tenant that nobody declared is served"
    if drift.field in ("core", "value"):
        return f"calls go to {drift.found} instead of {drift.expected}"
    return f"users without a number of their own show {drift.found or 'none'} instead of {drift.expected or 'none'}"


def _number(drift: Drift, name: str) -> str:
    if drift.found is None:
        return f"callers of {name} hear that the number is unknown"
    if drift.expected is None:
        return f"calls to {name} come in, although nobody declared it"
    return f"calls to {name} come in at {drift.found}"


def _domain(drift: Drift, name: str) -> str:
    if drift.found is None:
        return f"no telephone can register at {name}"
    return f"telephones of {name} belong to another tenant" if drift.expected else f"telephones may register at {name}"


def _subscriber(drift: Drift, name: str) -> str:
    if drift.found is None:
        return f"the telephone {name} cannot register, and does not ring"
    if drift.expected is None:
        return f"somebody may register as {name}, whom nobody declared"
    if drift.field == "password":
        return f"the telephone {name} cannot register: its password is another"
    return f"calls of the telephone {name} are taken for those of another {drift.field.removeprefix('pbx_')}"


def _light(drift: Drift, name: str) -> str:
    return f"keys that watch {name} {'stay dark' if drift.found is None else 'show something else'}"


def _dialplan(drift: Drift, name: str) -> str:
    context, _, extension = name.partition(" ")
    if context.endswith((".numbers", ".outgoing")):
        what = f"calls to {extension}"
        return f"{what} are refused" if drift.found is None and drift.field == "step 1" else f"{what} go another way"
    return f"calls through {drift.place or name} go another way"


def _queue(drift: Drift, name: str) -> str:
    queue = name.partition(".")[2] or name
    if not drift.field:
        return f"callers do not reach the queue {queue}" if drift.found is None else ""
    return f"callers of the queue {queue} are served otherwise: {drift.field} is {drift.found or 'not set'}"


def _mailbox(drift: Drift, name: str) -> str:
    if drift.found is None and not drift.field:
        return f"nobody can leave a message in the mailbox {name}"
    return f"the mailbox {name} works otherwise: {drift.field or 'nobody declared it'}"


def _account(drift: Drift, name: str) -> str:
    if (drift.found is None and not drift.field) or drift.expected == "open":
        return f"{name} cannot log in to chat"
    if drift.field == "storage":
        return f"{name} may send {drift.found or 'no'} bytes of files in chat"
    return f"{name} may log in to chat, although the file does not say so" if drift.field == "state" else ""


def _channel(drift: Drift, name: str) -> str:
    if not drift.field:
        return f"nobody can write in the chat channel {name}" if drift.found is None else ""
    if drift.expected in _IN_CHANNEL or drift.found in _IN_CHANNEL:
        return f"{drift.field} is {drift.found or 'no member'} in the chat channel {name}"
    return f"the chat channel {name} is not as declared"


_IN_CHANNEL = frozenset({"owner", "admin", "member", "outcast"})
"""What somebody may be there."""


def _group(_: Drift, name: str) -> str:
    return f"contact lists of chat show another {name}"


def _page(drift: Drift, _: str) -> str:
    return "users cannot chat in a browser" if drift.found is None else "the page for chat is told something else"


_SAYS: Mapping[str, Say] = {
    "service": _service,
    "tenants": _tenant,
    "numbers": _number,
    "domains": _domain,
    "subscriber": _subscriber,
    "lights": _light,
    "dialplan": _dialplan,
    "queue": _queue,
    "mailbox": _mailbox,
    "chat-account": _account,
    "chat-channel": _channel,
    "chat-group": _group,
    "chat-page": _page,
}
