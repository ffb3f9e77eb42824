"""The port to SIP user agents: telephones that really register, ring, talk and listen.

An agent is one telephone on a machine of the lab, or one line of the public network on the carrier's side. It holds
one recorded call at a time; for several at once start several agents. Times are in seconds. A wait that ends without
its event raises `TimeoutError`; what the far side refuses is a value, not an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from provisioner.core.errors import PbxError


class AgentError(PbxError):
    """An agent could not be started, reached or told what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpec:
    """Everything that one agent is told at its start."""

    name: str
    """Unique in a session: `[a-z0-9.-]+`."""
    machine: str
    """Where it runs: the name of a machine of the lab."""
    user: str
    """User part of its address: what callees see as the caller."""
    domain: str = ""
    """Domain of its address; empty means the address of its machine."""
    display_name: str = ""
    password: str = field(default="", repr=False)
    proxy: str = ""
    """`host` or `host:port` to which all its requests go; empty means straight to the called address."""
    expires: int = 0
    """Seconds for which it registers, again and again; 0 is no registration, any called user reaches it then."""
    secure: bool = False
    """Whether it signals over TLS, and speaks and hears over SRTP alone."""
    port: int = 0
    """Where it listens; 0 takes a free port."""
    answer_after: float | None = None
    """Seconds after which it answers by itself; None waits to be told."""


@dataclass(frozen=True, slots=True)
class Registration:
    """How the last registration ended; `reason` is the server's status line."""

    accepted: bool
    reason: str


class CallState(StrEnum):
    TRYING = "trying"
    RINGING = "ringing"
    EARLY = "early media"
    UP = "answered"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Identity:
    """What an incoming INVITE said of itself; user parts only, as they came."""

    dialled: str
    caller: str
    """The user part of From."""
    display_name: str = ""
    asserted: str = ""
    """The user part of P-Asserted-Identity (RFC 3325); empty where there was none."""
    private: bool = False
    """Whether `Privacy: id` asked to withhold the number."""
    diverted: str = ""
    """Who was called before the call was sent on here (RFC 5806), and `why`."""
    why: str = ""
    history: tuple[str, ...] = ()
    """Who was called in turn, this one last (RFC 7044)."""


class SipCall(Protocol):
    """One call of an agent, out or in."""

    @property
    def id(self) -> str:
        """The SIP Call-ID, which proxies keep."""
        ...

    @property
    def state(self) -> CallState: ...

    @property
    def reason(self) -> str:
        """Why it ended, `486 Busy Here` or the like; empty while it lasts."""
        ...

    @property
    def caller(self) -> str:
        """User part of the far side's address."""
        ...

    @property
    def pressed(self) -> str:
        """The keys (RFC 4733) that came from the far side so far."""
        ...

    async def until(self, *states: CallState, timeout: float) -> CallState:
        """Waits for any of the states, or for the end, and tells which it is."""
        ...

    async def answer(self) -> None:
        """Takes the call, and waits some seconds for it to be up, or to end where somebody else was quicker."""
        ...

    async def hang_up(self) -> None:
        """Ends or gives up the call; refuses it as busy where it still rings here."""
        ...

    async def press(self, keys: str) -> None: ...

    async def transfer(self, number: str) -> None:
        """Sends the far side on to what is dialled as `number`, without asking there first (REFER, RFC 3515)."""
        ...

    async def join(self, other: SipCall) -> None:
        """Puts the far sides of this call and of another one of the same agent through to each other, after asking
        there (REFER with Replaces, RFC 3891)."""
        ...

    async def play(self, wav: bytes) -> None:
        """Speaks the sound from now on, then silence; cuts short what was being played."""
        ...

    async def heard(self) -> bytes:
        """A WAV file of all that came in since the media began, also while the call goes on."""
        ...

    async def identity(self) -> Identity: ...


class SipAgent(Protocol):
    @property
    def spec(self) -> AgentSpec: ...

    async def registration(self, timeout: float) -> Registration:
        """How the first registration after the start ended."""
        ...

    async def call(self, number: str) -> SipCall:
        """Dials `number` in its own domain, or a whole `sip:` address."""
        ...

    async def incoming(self, timeout: float) -> SipCall:
        """The next call that comes in, or one that came in and nobody asked for yet."""
        ...

    def forget_calls(self) -> None:
        """Drops calls that came in and were not asked for."""
        ...

    async def log(self) -> str:
        """The agent's own log with all its SIP messages, for a report of what went wrong."""
        ...


class SipAgents(Protocol):
    async def start(self, specs: Sequence[AgentSpec]) -> Mapping[str, SipAgent]:
        """Starts all at once; an agent of that name that runs already is replaced."""
        ...

    async def register_once(self, spec: AgentSpec) -> Registration:
        """What the server says to one single try with these credentials; no agent is left."""
        ...

    async def stop(self, names: Sequence[str]) -> None:
        """Unregisters and ends them; unknown names are ignored."""
        ...

    async def close(self) -> None:
        """Ends every agent that this object started, and leaves nothing on the machines."""
        ...


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many calls were held at once and what became of them."""

    wanted: int
    held: int
    """Calls that were held to the end."""
    dropped: int
    """Calls that were not answered, or ended before they were to."""


class LoadCaller(Protocol):
    async def hold(
        self, *, machine: str, number: str, calls: int, seconds: float, caller: str, proxy: str
    ) -> LoadResult:
        """Has `calls` callers dial `number` within two seconds, talk with RTP for `seconds`, and hang up."""
        ...
