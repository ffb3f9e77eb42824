"""Who plays whom: an agent for each party of the probes.

All telephones of the tenants start together and stay registered; lines of the public network start when they are
first needed. Agents outlive probes, so that a probe costs its calls and no more.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from provisioner.core.findings import nearest
from provisioner.core.ports.sip import AgentSpec, Registration, SipAgent, SipAgents
from provisioner.core.probes import AnyOf, Network, Outside, Party, Phone, Route

REGISTRATION_SECONDS = 600
AT_ONCE = 12
"""Agents that start in the same second: more registrations from one address would pass for a flood."""


class NoSuchParty(LookupError):
    """A probe names a telephone that no account is known for."""


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """What a telephone needs to register. The password is shown nowhere."""

    tenant: str
    user: str
    device: str
    login: str
    domain: str
    password: str = field(repr=False)
    secure: bool = False
    """Whether it signals over TLS and speaks over SRTP, as softphones do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where agents run and whom they call."""

    edge: str
    """Address, with port where it is not 5060, at which telephones and the public network reach the edge."""
    accounts: tuple[PhoneAccount, ...]
    secure_port: int = 5061
    """Where telephones reach the edge by TLS."""
    phones_machine: str = "phones"
    carrier_machine: str = "carrier"
    trunk_port: int = 5060
    emergency_port: int = 5062


class Cast:
    """Finds and starts the agents. `tenant` is always the probe's own, for parties that do not name theirs."""

    def __init__(self, agents: SipAgents, around: Surroundings) -> None:
        self._agents, self._around = agents, around
        self._playing: dict[str, SipAgent] = {}
        self._starting = asyncio.Lock()

    async def enter(self, wanted: Iterable[tuple[str, Party]]) -> None:
        """Starts what these tenants' probes need, and is not running."""
        async with self._starting:
            specs = {spec.name: spec for spec in (self._spec(tenant, party) for tenant, party in wanted)}
            new = [spec for name, spec in specs.items() if name not in self._playing]
            for first in range(0, len(new), AT_ONCE):
                if first:
                    await asyncio.sleep(1)
                self._playing |= await self._agents.start(new[first : first + AT_ONCE])

    async def agent(self, tenant: str, party: Party) -> SipAgent:
        await self.enter([(tenant, party)])
        return self._playing[self._spec(tenant, party).name]

    async def impostor(self, tenant: str, phone: Phone) -> Registration:
        """What the telephone is told when it tries a wrong password, once."""
        spec = self._spec(tenant, phone)
        plain = replace(spec, secure=False, proxy=self._around.edge)
        return await self._agents.register_once(replace(plain, password=f"not-{spec.password}"))

    def account(self, tenant: str, phone: Phone) -> PhoneAccount:
        owner = phone.tenant or tenant
        of_user = [each for each in self._around.accounts if (each.tenant, each.user) == (owner, phone.user)]
        found = [each for each in of_user if phone.device in ("", each.device)]
        if not found:
            known = [f"{each.tenant}:{each.user}:{each.device}" for each in self._around.accounts]
            wanted = f"{owner}:{phone.user}:{phone.device}"
            near = nearest(wanted, known)
            raise NoSuchParty(f"no account for telephone {wanted}" + (f"; did you mean {near}?" if near else ""))
        return found[0]

    def key(self, tenant: str, party: Party) -> str:
        """One name for one telephone or line, whoever names it in whatever way."""
        match party:
            case Phone():
                account = self.account(tenant, party)
                return _short(f"phone-{account.tenant}-{account.user}-{account.device}")
            case Outside(number=number):
                return _short(f"line-{number.lstrip('+')}")
            case Network(route=route):
                return f"network-{route}"
            case AnyOf(phones=phones):
                return " or ".join(self.key(tenant, phone) for phone in phones)

    def _spec(self, tenant: str, party: Party) -> AgentSpec:
        around, name = self._around, self.key(tenant, party)
        match party:
            case Phone():
                account = self.account(tenant, party)
                return AgentSpec(
                    name=name,
                    machine=around.phones_machine,
                    user=account.login,
                    domain=account.domain,
                    password=account.password,
                    proxy=f"{around.edge}:{around.secure_port}" if account.secure else around.edge,
                    secure=account.secure,
                    expires=REGISTRATION_SECONDS,
                )
            case Outside(number=number):
                return AgentSpec(name=name, machine=around.carrier_machine, user=number, proxy=around.edge)
            case AnyOf(phones=phones):
                raise NoSuchParty(f"nobody plays {' or '.join(map(str, phones))} together: name one of them")
            case Network(route=route):
                port = around.emergency_port if route is Route.EMERGENCY else around.trunk_port
                return AgentSpec(name=name, machine=around.carrier_machine, user="network", port=port)


def _short(name: str) -> str:
    """A name that every agent may have; what is too long ends in a digest of the whole."""
    plain = re.sub(r"[^a-z0-9-]+", "-", name.lower())
    return plain if len(plain) <= 54 else f"{plain[:45]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
