"""The cable of a cluster: one namespace, one pair of virtual Ethernet ends, and a route to its pods.

Addresses come from the lab's range, in slots above the labs' (topology.SLOTS): in slot S the host is 198.18.S.1, the
machine .2, services have the upper half, pods 198.19.S.0/24. The machine has no way out.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import signal

from provisioner.adapters.lab import topology
from provisioner.adapters.lab.network import NETNS
from provisioner.adapters.lab.shell import LabError, run, succeeds

SLOTS = range(128, 160)
PUBLIC = "public"
"""The lab's bridge of that name, and the machine's cable to it."""


def namespace(name: str) -> str:
    return f"pbx-cluster-{name}"


def public_address(lab_slot: int) -> str:
    """The machine's in a lab's public network, beside those of the lab's own."""
    return f"198.19.{lab_slot}.60"


def link(slot: int) -> str:
    return f"pbxk{slot}"


def address(slot: int) -> str:
    return f"198.18.{slot}.2"


def services(slot: int) -> str:
    return f"198.18.{slot}.128/25"


def pods(slot: int) -> str:
    return f"198.19.{slot}.0/24"


def join(name: str, slot: int, lab: str, lab_slot: int) -> str:
    """Plug the machine in a lab's public network and return its address there. Goes with either of the two."""
    hub, inside, end = topology.hub(lab), namespace(name), link(slot)
    there = json.loads(run(["ip", "-n", inside, "-json", "link"]))
    if any(each["ifname"] == PUBLIC for each in there):
        run(["ip", "-n", inside, "link", "delete", PUBLIC])  # of a lab that it was plugged in before
    found = public_address(lab_slot)
    cable = [f"link add {end} type veth peer name {PUBLIC} netns {inside}", f"link set {end} master {PUBLIC} up"]
    run(["ip", "-n", hub, "-batch", "-"], stdin="\n".join(cable) + "\n")
    lines = [f"address add {found}/24 dev {PUBLIC}", f"link set {PUBLIC} up"]
    run(["ip", "-n", inside, "-batch", "-"], stdin="\n".join(lines) + "\n")
    return found


def _used() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    links = json.loads(run(["ip", "-json", "-4", "address"]))
    infos = [info for each in links for info in each.get("addr_info", ())]
    return [ipaddress.ip_network(f"{info['local']}/{info['prefixlen']}", strict=False) for info in infos]


def create(name: str) -> int:
    """Lay the cable and return the slot. The kernel decides who has one: only one link can have its name."""
    inside = namespace(name)
    run(["ip", "netns", "add", inside])
    used = _used()
    for slot in SLOTS:
        if any(ipaddress.ip_network(f"198.18.{slot}.0/24").overlaps(each) for each in used):
            continue
        if succeeds(["ip", "link", "add", link(slot), "type", "veth", "peer", "name", "host", "netns", inside]):
            _settle(slot, inside)
            return slot
    raise LabError(f"no free network slot for cluster {name!r}", "take a cluster down: pbx cluster down --name NAME")


def _settle(slot: int, inside: str) -> None:
    host, machine = f"198.18.{slot}.1", address(slot)
    lines = ["link set lo up", f"address add {machine}/25 dev host", "link set host up"]
    # Addresses of services are translated on the machine, which wants a route to them first.
    lines += [f"route add {services(slot)} dev host src {machine}"]
    run(["ip", "-n", inside, "-batch", "-"], stdin="\n".join(lines) + "\n")
    outside = [f"address add {host}/25 dev {link(slot)}", f"link set {link(slot)} up"]
    outside += [f"route add {pods(slot)} via {machine}"]
    run(["ip", "-batch", "-"], stdin="\n".join(outside) + "\n")


def remove(name: str) -> None:
    """Take it all away; nothing to do when there is none."""
    inside = namespace(name)
    if not (NETNS / inside).exists():
        return
    with contextlib.suppress(LabError):
        for pid in run(["ip", "netns", "pids", inside]).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
    succeeds(["ip", "-n", inside, "link", "delete", "host"])
    run(["ip", "netns", "delete", inside])
