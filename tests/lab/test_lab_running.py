"""A lab fresh from `up`: what every other lab test takes for granted.

Not on the shared lab: other tests install roles there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.adapters.lab import Lab, LabError
from provisioner.adapters.lab.topology import BY_NAME, MACHINES, host_link

pytestmark = pytest.mark.lab

PRODUCTS = ("asterisk", "kamailio", "rtpengine-daemon", "postgresql")
ANSIBLE = str(Path(sys.executable).with_name("ansible"))
each_machine = pytest.mark.parametrize("machine", BY_NAME)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    fresh = Lab(f"fresh-{uuid.uuid4().hex[:10]}")
    fresh.up()
    yield fresh
    fresh.down()


def output(lab: Lab, machine: str, *command: str) -> str:
    done = lab.run(machine, command)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@each_machine
def test_systemd_runs_and_no_unit_failed(lab: Lab, machine: str) -> None:
    assert output(lab, machine, "hostname") == machine
    assert output(lab, machine, "ps", "-p", "1", "-o", "comm=") == "systemd"
    assert output(lab, machine, "systemctl", "is-system-running") == "running"


@each_machine
def test_only_ssh_and_the_catcher_start_by_themselves(lab: Lab, machine: str) -> None:
    listed = output(
        lab,
        machine,
        "systemctl",
        "list-unit-files",
        "--state=enabled",
        "--type=service,timer",
        "--plain",
        "--no-legend",
    )
    catcher = ["pbx-catcher.service"] if machine == "carrier" else []
    assert [line.split()[0] for line in listed.splitlines()] == [*catcher, "ssh.service"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_products_are_installed(lab: Lab, product: str) -> None:
    """Every machine has every package, so that roles need no network."""
    assert output(lab, "carrier", "dpkg-query", "-W", "-f", "${db:Status-Abbrev}", product) == "ii"


@each_machine
def test_there_is_no_way_out(lab: Lab, machine: str) -> None:
    for route in json.loads(output(lab, machine, "ip", "-json", "route")):
        assert route["dst"].startswith(("198.18.", "198.19.")), route
    assert lab.run(machine, ["ip", "route", "get", "192.0.2.1"]).returncode != 0
    assert output(lab, machine, "ip", "-6", "-json", "route") in ("[]", "[{}]", "")


def test_the_host_forwards_nothing_from_the_lab(lab: Lab) -> None:
    slot = lab.status().slot
    assert slot is not None
    for cable in ("private", "public", "carrier", "phones"):
        setting = Path("/proc/sys/net/ipv4/conf", host_link(slot, cable), "forwarding")
        assert setting.read_text().strip() == "0", cable


@pytest.mark.parametrize(
    ("source", "target", "network", "reached"),
    [
        ("edge", "core", "private", True),
        ("core", "data", "private", True),
        ("phones", "edge", "public", True),
        ("edge", "carrier", "public", True),
        ("phones", "core", "private", False),
        ("carrier", "data", "private", False),
        ("core", "edge", "public", False),
        ("phones", "edge", "private", False),
    ],
)
def test_who_reaches_whom(lab: Lab, source: str, target: str, network: str, reached: bool) -> None:
    slot = lab.status().slot
    assert slot is not None
    spec = BY_NAME[target]
    address = spec.private_address(slot) if network == "private" else spec.public_address(slot)
    assert address
    assert (lab.run(source, ["ping", "-c1", "-W1", address]).returncode == 0) is reached


def test_ansible_works_from_the_inventory_and_changes_nothing(lab: Lab) -> None:
    command = [ANSIBLE, "--inventory", str(lab.inventory), "all", "--one-line", "--module-name", "ping"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.count("SUCCESS") == len(MACHINES)


def test_apt_finds_the_packages_without_a_network(lab: Lab) -> None:
    command = [ANSIBLE, "--inventory", str(lab.inventory), "core", "--one-line", "--module-name", "apt"]
    done = subprocess.run(
        [*command, "--args", "name=asterisk state=present"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"changed": false' in done.stdout


def test_another_host_key_is_refused(lab: Lab) -> None:
    slot = lab.status().slot
    as_core = ["-o", f"HostKeyAlias={BY_NAME['core'].private_address(slot or 0)}", "-o", "ControlPath=none"]
    done = subprocess.run(
        ["ssh", "-F", str(lab.ssh_config), *as_core, "edge", "true"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 255
    assert "Host key verification failed" in done.stderr


def test_up_again_changes_nothing(lab: Lab) -> None:
    def boots() -> list[str]:
        return [output(lab, name, "systemctl", "show", "--property=UserspaceTimestamp") for name in BY_NAME]

    before, inventory = lab.status(), lab.inventory.read_bytes()
    starts = boots()
    after = lab.up()
    assert (after.slot, after.phase) == (before.slot, "ready")
    assert lab.inventory.read_bytes() == inventory
    assert boots() == starts


def test_unknown_machine_names_the_nearest(lab: Lab) -> None:
    with pytest.raises(LabError, match="did you mean edge"):
        lab.run("egde", ["true"])
