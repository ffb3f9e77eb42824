"""The lab's cables: namespaces, two bridges, virtual Ethernet pairs, addresses.

Bridges stand in a namespace of their own, so that the host's firewall and bridge settings cannot meddle, and everything
goes when that namespace goes. No machine has a default route, and the host does not forward what comes in from a lab.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import signal
from collections.abc import Container, Iterable
from pathlib import Path

from . import catcher
from . import topology as t
from .shell import LabError, run, succeeds

NETNS = Path("/run/netns")
CONF = Path("/proc/sys/net")
BRIDGES = ("private", "public")


def complete(lab: str) -> bool:
    return all((NETNS / name).exists() for name in t.namespaces(lab))


def _batch(lines: Iterable[str], namespace: str = "") -> None:
    where = ["-n", namespace] if namespace else []
    run(["ip", *where, "-batch", "-"], stdin="\n".join(lines) + "\n")


def _overlaps(slot: int) -> bool:
    """Does the host itself already use addresses of this slot?"""
    wanted = [ipaddress.ip_network(f"198.{net}.{slot}.0/24") for net in (18, 19)]
    for link in json.loads(run(["ip", "-json", "-4", "address"])):
        for info in link.get("addr_info", ()):
            used = ipaddress.ip_network(f"{info['local']}/{info['prefixlen']}", strict=False)
            if any(used.overlaps(net) for net in wanted):
                return True
    return False


def _claim(lab: str, slot: int) -> bool:
    """Only one process can make the link of this name: the kernel decides who has the slot."""
    if _overlaps(slot):
        return False
    link = t.host_link(slot, "private")
    return succeeds(["ip", "link", "add", link, "type", "veth", "peer", "name", "host-private", "netns", t.hub(lab)])


def create(lab: str, *, taken: Container[int], slot: int | None = None) -> int:
    """Lay the cables and return the slot: the given one, else the first that nobody has."""
    run(["ip", "netns", "add", t.hub(lab)])
    choices = t.SLOTS if slot is None else (slot,)
    chosen = next((s for s in choices if (slot is not None or s not in taken) and _claim(lab, s)), None)
    if chosen is None:
        raise LabError(
            f"no free network slot for lab {lab!r} (looked at {choices[0]} to {choices[-1]})",
            "take a lab down: pbx lab down --name NAME",
        )
    _lay_bridges(lab, chosen)
    for machine in t.MACHINES:
        _plug_in(lab, machine, chosen)
    _open_way_out(lab, chosen)
    _settle_host(chosen)
    return chosen


def _lay_bridges(lab: str, slot: int) -> None:
    _batch([f"link add {t.host_link(slot, 'public')} type veth peer name host-public netns {t.hub(lab)}"])
    lines = ["link set lo up"]
    for bridge in BRIDGES:
        lines += [
            f"link add {bridge} type bridge forward_delay 0 mcast_snooping 0",
            f"link set {bridge} up",
            f"link set host-{bridge} master {bridge} up",
        ]
    _batch(lines, t.hub(lab))


def _plug_in(lab: str, machine: t.MachineSpec, slot: int) -> None:
    name = t.namespace(lab, machine.name)
    run(["ip", "netns", "add", name])
    inside = ["link set lo up"]
    cables: list[str] = []
    if machine.private:
        cables.append("private")
        inside.append(f"address add {machine.private_address(slot)}/24 dev private")
    else:
        link = t.host_link(slot, machine.name)
        _batch([f"link add {link} type veth peer name manage netns {name}"])
        inside.append(f"address add {machine.private_address(slot)} peer {t.host_address(slot)} dev manage")
    if machine.public:
        cables.append("public")
        inside.append(f"address add {machine.public_address(slot)}/24 dev public")
    ends = [f"{cable}-{machine.name}" for cable in cables]
    _batch(
        [
            line
            for cable, end in zip(cables, ends, strict=True)
            for line in (
                f"link add {end} type veth peer name {cable} netns {name}",
                f"link set {end} master {cable} up",
            )
        ],
        t.hub(lab),
    )
    interfaces = cables if machine.private else ["manage", *cables]
    _without_ipv6(name, interfaces)
    _batch([*inside, *(f"link set {interface} up" for interface in interfaces)], name)


def _open_way_out(lab: str, slot: int) -> None:
    """Lets the core hand its notices to the catcher, as a provider's router would; nothing else passes, nor back.

    Routing rules by port do what a firewall would, and need none on the host.
    """
    source, target = t.BY_NAME["core"].private_address(slot), t.BY_NAME[catcher.MACHINE].public_address(slot)
    inside, outside = (t.gateway_address(slot, public=public) for public in (False, True))
    run(["ip", "netns", "exec", t.hub(lab), "sysctl", "-qw", "net.ipv4.ip_forward=1"])
    rules = [
        rule
        for index, port in enumerate(catcher.PORTS)
        for rule in (
            f"rule add pref {100 + index} iif private from {source} to {target} ipproto tcp dport {port} lookup main",
            f"rule add pref {110 + index} iif public from {target} to {source} ipproto tcp sport {port} lookup main",
        )
    ]
    closed = [f"rule add pref {200 + index} iif {bridge} blackhole" for index, bridge in enumerate(BRIDGES)]
    _batch(
        [f"address add {inside}/24 dev private", f"address add {outside}/24 dev public", *rules, *closed], t.hub(lab)
    )
    _batch([f"route add {target}/32 via {inside}"], t.namespace(lab, "core"))
    _batch([f"route add {source}/32 via {outside}"], t.namespace(lab, catcher.MACHINE))


def _without_ipv6(namespace: str, interfaces: Iterable[str]) -> None:
    """Only addresses of the lab's range, or daemons would pick a link-local one as theirs."""
    if (CONF / "ipv6").exists():
        settings = [f"net.ipv6.conf.{interface}.disable_ipv6=1" for interface in interfaces]
        run(["ip", "netns", "exec", namespace, "sysctl", "-qw", *settings])


def _settle_host(slot: int) -> None:
    direct = [m for m in t.MACHINES if not m.private]
    links = [t.host_link(slot, cable) for cable in (*BRIDGES, *(m.name for m in direct))]
    for link in links:
        for family in ("ipv4", "ipv6"):
            setting = CONF / family / "conf" / link / "forwarding"
            if setting.exists():  # a host without IPv6 has none
                setting.write_text("0")
        no_ipv6 = CONF / "ipv6" / "conf" / link / "disable_ipv6"
        if no_ipv6.exists():
            no_ipv6.write_text("1")
    _batch(
        [
            f"address add {t.host_address(slot)}/24 dev {t.host_link(slot, 'private')}",
            f"address add {t.host_address(slot, public=True)}/24 dev {t.host_link(slot, 'public')}",
            *(
                f"address add {t.host_address(slot)} peer {m.private_address(slot)} dev {t.host_link(slot, m.name)}"
                for m in direct
            ),
            *(f"link set {link} up" for link in links),
        ]
    )


def _kill_inside(namespace: str) -> None:
    """Agents that somebody started with `ip netns exec` would keep the namespace alive without a name."""
    for pid in run(["ip", "netns", "pids", namespace]).split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def remove(lab: str) -> None:
    """Take all cables away; nothing to do when there are none."""
    # Deleting one end of a cable takes the host's end at once; a namespace is cleared up later, in the background.
    ends = [(t.hub(lab), f"host-{bridge}") for bridge in BRIDGES]
    ends += [(t.namespace(lab, m.name), "manage") for m in t.MACHINES if not m.private]
    for name, link in ends:
        if (NETNS / name).exists():
            succeeds(["ip", "-n", name, "link", "delete", link])
    for name in t.namespaces(lab):
        if (NETNS / name).exists():
            with contextlib.suppress(LabError):  # a half-made name has no namespace to list
                _kill_inside(name)
            run(["ip", "netns", "delete", name])
