"""Starting and ending baresip agents on the lab's machines, many with one command for each machine.

Each is a transient systemd unit `pbx-agent-NAME` with a folder of its own under /run, which is memory: passwords, logs
and recordings are gone with the machine at the latest. What a killed session left is cleared before the first start.
They go before other work on the machine, as the daemons that they measure do: a telephone that is late sounds like a
bad line.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import tarfile
from collections import defaultdict
from collections.abc import Mapping, Sequence

from provisioner.core.ports.ear import Voice
from provisioner.core.ports.sip import AgentError, AgentSpec, Registration, SipAgent

from . import settings
from .agent import BaresipAgent
from .machine import Machine, compressed
from .shell import ShellError
from .sipp import Sipp

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")
_CLEAR = f"systemctl stop 'pbx-agent-*' 2>/dev/null; rm -rf {settings.ROOT}"
_START = """set -e
interface=$(ip -o -4 address show | awk -v want='{address}' '{{split($4, a, "/"); if (a[1] == want) print $2}}')
test -n "$interface" || {{ echo "this machine has no address {address}" >&2; exit 1; }}
# On a busy machine a telephone that comes too late would hear gaps that are not the platform's.
timely=$(chrt --rr 5 true 2>/dev/null && echo "chrt --rr 5") || true
command -v baresip >/dev/null || {{ echo "baresip is not installed here" >&2; exit 1; }}
install -d -m 0700 {root}
tar -xzf - -C {root}
for agent in {names}; do
  sed -i "s/@INTERFACE@/$interface/" {root}/$agent/config
  systemctl stop pbx-agent-$agent 2>/dev/null || true
  systemd-run --quiet --collect --unit=pbx-agent-$agent --property=UMask=0077 \
    --property=StandardOutput=append:{root}/$agent/log --property=StandardError=append:{root}/$agent/log \
    --property=Nice=-10 --property=KillSignal=SIGINT --property=TimeoutStopSec=3 \
    $timely stdbuf -oL -eL baresip -4 -s -f {root}/$agent
done
"""


class BaresipAgents:
    """The `SipAgents` port."""

    def __init__(self, machines: Mapping[str, Machine], voice: Voice) -> None:
        self._machines, self._voice = machines, voice
        self._agents: dict[str, BaresipAgent] = {}
        self._used: dict[str, int] = defaultdict(int)
        self._starting = asyncio.Lock()

    async def start(self, specs: Sequence[AgentSpec]) -> Mapping[str, SipAgent]:
        async with self._starting:
            await self.stop([spec.name for spec in specs])
            groups: dict[str, list[AgentSpec]] = defaultdict(list)
            for spec in specs:
                self._check(spec)
                groups[spec.machine].append(spec)
            await asyncio.gather(*(self._start_on(name, group) for name, group in groups.items()))
        return {spec.name: self._agents[spec.name] for spec in specs}

    async def register_once(self, spec: AgentSpec) -> Registration:
        self._check(spec)
        return await Sipp(self._machines).register_once(spec)

    async def stop(self, names: Sequence[str]) -> None:
        groups: dict[str, list[str]] = defaultdict(list)
        for agent in filter(None, (self._agents.pop(name, None) for name in names)):
            await agent.end()
            groups[agent.spec.machine].append(agent.spec.name)
        await asyncio.gather(*(self._stop_on(machine, group) for machine, group in groups.items()))

    async def close(self) -> None:
        for agent in self._agents.values():
            await agent.end()
        self._agents.clear()
        for name in self._used:
            # A machine that cannot be reached is cleared before its next use; what was found out must not get lost.
            with contextlib.suppress(ShellError):
                await self._machines[name].shell.run(_CLEAR)

    def _check(self, spec: AgentSpec) -> None:
        if spec.machine not in self._machines:
            known = ", ".join(sorted(self._machines)) or "none"
            raise AgentError(f"agent {spec.name} is to run on {spec.machine!r}", f"machines for agents are: {known}")
        if not NAME.fullmatch(spec.name):
            raise AgentError(
                f"{spec.name!r} is no name for an agent", "use lower-case letters, digits, dots and hyphens"
            )

    async def _start_on(self, machine_name: str, specs: Sequence[AgentSpec]) -> None:
        machine, files = self._machines[machine_name], {}
        if machine_name not in self._used:
            await machine.shell.run(_CLEAR)
            files["silence.wav"] = self._voice.silence(settings.LONGEST)
        agents = []
        for spec in specs:
            ports = settings.Ports.numbered(self._used[machine_name], spec.port)
            self._used[machine_name] += 1
            files[f"{spec.name}/config"] = settings.configuration(
                spec, ports, machine.address, machine.control_address
            ).encode()
            files[f"{spec.name}/accounts"] = settings.account(spec, ports, machine.address).encode()
            files[f"{spec.name}/contacts"] = b""
            agents.append(BaresipAgent(spec, ports, machine.address, machine.shell, self._voice))
        names = " ".join(spec.name for spec in specs)
        script = _START.format(address=machine.address, root=settings.ROOT, names=names)
        await machine.shell.run(script, stdin=_packed(files), timeout=30)
        self._agents.update({agent.spec.name: agent for agent in agents})
        await asyncio.gather(*(agent.begin(machine.control_address) for agent in agents))

    async def _stop_on(self, machine_name: str, names: Sequence[str]) -> None:
        units = " ".join(f"pbx-agent-{name}" for name in names)
        folders = " ".join(settings.folder(name) for name in names)
        await self._machines[machine_name].shell.run(f"systemctl stop {units} 2>/dev/null; rm -rf {folders}")


def _packed(files: Mapping[str, bytes]) -> bytes:
    """A tar archive whose files only their owner can read."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for folder in sorted({path.rpartition("/")[0] for path in files} - {""}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o700
            archive.addfile(entry)
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o600
            archive.addfile(entry, io.BytesIO(content))
    return compressed(out.getvalue())
