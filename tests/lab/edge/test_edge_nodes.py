"""The machines themselves: packages, services, sockets, files, firewall, and what a bad configuration does to them."""

from __future__ import annotations

import time
from dataclasses import replace

import edge_platform
import pytest
import testinfra
from edge_lab import Platform
from testinfra.host import Host

from provisioner.core.artifacts import Line
from provisioner.core.deployment import PlayFailed
from provisioner.pipeline import nodes

pytestmark = pytest.mark.lab


def machine(platform: Platform, name: str) -> Host:
    return testinfra.get_host(f"ssh://{name}", ssh_config=str(platform.lab.ssh_config))


@pytest.fixture
def edge(platform: Platform) -> Host:
    return machine(platform, "edge")


@pytest.fixture
def data(platform: Platform) -> Host:
    return machine(platform, "data")


@pytest.mark.parametrize(
    ("name", "packages", "services"),
    [
        ("data", ("postgresql", "python3-psycopg2", "nftables"), ("nftables",)),
        (
            "edge",
            ("kamailio", "rtpengine-daemon", "nginx", "slapd", "nftables"),
            ("kamailio", "rtpengine-daemon", "nginx", "pbx-ldap", "nftables"),
        ),
    ],
)
def test_packages_and_services(
    platform: Platform, name: str, packages: tuple[str, ...], services: tuple[str, ...]
) -> None:
    host = machine(platform, name)
    assert [each for each in packages if not host.package(each).is_installed] == []
    assert [each for each in services if not (host.service(each).is_enabled and host.service(each).is_running)] == []
    assert host.run("hostname").stdout.strip() == name


def test_postgres_starts_with_the_machine(data: Host) -> None:
    assert data.service("postgresql").is_enabled
    assert "postgresql@" in data.run("systemctl list-units --state=running --no-legend --plain").stdout


def test_sockets_of_the_edge(platform: Platform, edge: Host) -> None:
    private, public = f"198.18.{platform.slot}.20", f"198.19.{platform.slot}.20"
    expected = {
        f"udp://{private}:5060", f"udp://{public}:5060", f"tcp://{public}:5060", f"tcp://{public}:5061",
        f"tcp://{public}:7443", f"tcp://{public}:443", f"tcp://{public}:636", "tcp://127.0.0.1:3890",
        "udp://127.0.0.1:2223", "tcp://127.0.0.1:2224", "tcp://0.0.0.0:22", "tcp://:::22",
    }  # fmt: skip
    sockets = {each for each in edge.socket.get_listening_sockets() if not each.startswith("unix://")}
    # Calls of other tests may still have their ports for media.
    assert {each for each in sockets if not 30000 <= int(each.rpartition(":")[2]) < 40000} == expected


def test_sockets_of_the_data_node(platform: Platform, data: Host) -> None:
    found = {each for each in data.socket.get_listening_sockets() if not each.startswith("unix://")}
    private = f"198.18.{platform.slot}.10"
    assert found == {f"tcp://{private}:5432", "tcp://127.0.0.1:5432", "tcp://0.0.0.0:22", "tcp://:::22"}


def test_no_daemon_runs_as_root(edge: Host, data: Host) -> None:
    of_edge = {"kamailio": "kamailio", "rtpengine": "rtpengine", "slapd": "openldap"}
    for host, daemons in ((edge, of_edge), (data, {"postgres": "postgres"})):
        for command, user in daemons.items():
            owners = {process.user for process in host.process.filter(comm=command)}
            assert owners == {user}, command


@pytest.mark.parametrize(
    ("path", "mode", "group"),
    [
        ("/etc/kamailio/current/kamailio.cfg", 0o640, "kamailio"),
        ("/etc/kamailio/current/secrets.cfg", 0o640, "kamailio"),
        ("/etc/kamailio/tls/key.pem", 0o640, "kamailio"),
        ("/etc/rtpengine/rtpengine.conf", 0o640, "rtpengine"),
        ("/etc/nftables.conf", 0o600, "root"),
        ("/etc/pbx-ldap/slapd.conf", 0o640, "openldap"),
    ],
)
def test_modes_of_files_on_the_edge(edge: Host, path: str, mode: int, group: str) -> None:
    file = edge.file(path)
    assert (file.user, file.group, file.mode) == ("root", group, mode)


def test_rules_of_postgres_are_its_own(data: Host) -> None:
    (path,) = data.run("ls -d /etc/postgresql/*/main/pg_hba.conf").stdout.split()
    assert (data.file(path).user, data.file(path).mode) == ("postgres", 0o640)


def reaches(platform: Platform, source: str, address: str, port: int) -> bool:
    script = f"exec 3<>/dev/tcp/{address}/{port}"
    return platform.lab.run(source, ["timeout", "2", "bash", "-c", script]).returncode == 0


def test_firewall_lets_in_what_the_node_is_for(platform: Platform) -> None:
    data, edge = f"198.18.{platform.slot}.10", f"198.19.{platform.slot}.20"
    assert reaches(platform, "edge", data, 5432)
    assert reaches(platform, "core", data, 5432)
    assert reaches(platform, "phones", edge, 5060)
    assert reaches(platform, "phones", edge, 5061)
    assert reaches(platform, "phones", edge, 636)
    assert not reaches(platform, "phones", edge, 22)
    assert not reaches(platform, "phones", edge, 2224)
    assert not reaches(platform, "phones", edge, 3890)


def test_database_lets_the_edge_in_with_its_password_only(platform: Platform) -> None:
    data = f"198.18.{platform.slot}.10"
    for password, code in (("lab-database", 0), ("wrong", 2)):
        address = f"postgresql://kamailio:{password}@{data}/kamailio"
        done = platform.lab.run("edge", ["psql", address, "-Atc", "SELECT 1"])
        assert done.returncode == code, done.stderr
    # The edge reads tenants, and may write registrations only.
    address = f"postgresql://kamailio:lab-database@{data}/kamailio"
    assert "permission denied" in platform.lab.run("edge", ["psql", address, "-c", "DELETE FROM numbers"]).stderr


def test_second_run_changes_nothing(platform: Platform) -> None:
    assert (platform.data(), platform.edge()) == (0, 0)


def edge_bundle(platform: Platform, **changes: object):  # type: ignore[no-untyped-def]
    facts = edge_platform.edge(f"198.18.{platform.slot}", f"198.19.{platform.slot}")
    return nodes.edge(replace(facts, **changes))  # type: ignore[arg-type]


def started(edge: Host) -> str:
    return edge.run("systemctl show kamailio -p InvocationID --value").stdout.strip()


def test_a_new_trunk_is_loaded_without_a_restart(platform: Platform, edge: Host) -> None:
    platform.edge()
    before = started(edge)
    facts = edge_platform.edge(f"198.18.{platform.slot}", f"198.19.{platform.slot}")
    more = (*facts.trunks, replace(facts.trunks[0], name="second", address=f"198.19.{platform.slot}.44", order=99))
    assert platform.node("edge", ["kamailio"], edge_bundle(platform, trunks=more)) == 1
    assert f"198.19.{platform.slot}.44" in edge.run("kamcmd dispatcher.list").stdout
    assert f"198.19.{platform.slot}.44" in edge.run("kamcmd permissions.addressDump").stdout
    assert started(edge) == before
    assert platform.edge() == 1


def test_a_configuration_that_kamailio_refuses_changes_nothing(platform: Platform, edge: Host) -> None:
    platform.edge()
    before = started(edge), edge.file("/etc/kamailio/current").linked_to
    bundle = edge_bundle(platform)
    (broken,) = (file for file in bundle.files if file.path == "kamailio/relay.cfg")
    files = [file for file in bundle.files if file is not broken]
    files.append(replace(broken, lines=(*broken.lines, Line("route[BROKEN] { no_such_function(); }"))))
    with pytest.raises(PlayFailed, match="no_such_function"):
        platform.node("edge", ["kamailio"], replace(bundle, files=tuple(files)))
    assert (started(edge), edge.file("/etc/kamailio/current").linked_to) == before


def test_a_configuration_that_fails_at_start_is_taken_back(platform: Platform, edge: Host) -> None:
    platform.edge()
    before = edge.file("/etc/kamailio/current").linked_to
    bundle = edge_bundle(platform)
    (broken,) = (file for file in bundle.files if file.path == "kamailio/modules.cfg")
    files = [file for file in bundle.files if file is not broken]
    lines = tuple(
        replace(line, text=line.text.replace("current/dispatcher.list", "gone.list")) for line in broken.lines
    )
    files.append(replace(broken, lines=lines))
    with pytest.raises(PlayFailed, match=r"gone\.list"):
        platform.node("edge", ["kamailio"], replace(bundle, files=tuple(files)))
    assert edge.file("/etc/kamailio/current").linked_to == before
    assert edge.service("kamailio").is_running


def test_a_run_that_was_cut_off_before_the_restart_is_finished_by_the_next(platform: Platform, edge: Host) -> None:
    platform.edge()
    before = started(edge)
    edge.run("rm /etc/kamailio/loaded")
    assert platform.edge() == 1
    assert started(edge) != before
    assert platform.edge() == 0


def test_a_daemon_that_was_stopped_is_started(platform: Platform, edge: Host) -> None:
    platform.run("edge", "systemctl", "stop", "kamailio", "rtpengine-daemon")
    assert platform.edge() == 2
    assert edge.service("kamailio").is_running
    assert edge.service("rtpengine-daemon").is_running


def wait_until(host: Host, command: str, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if host.run(command).rc == 0:
            return True
        time.sleep(0.5)
    return False


def test_an_edge_that_starts_before_the_database_waits_for_it(platform: Platform, edge: Host, data: Host) -> None:
    platform.edge()
    data.run("systemctl stop 'postgresql@*'")
    try:
        edge.run("systemctl restart kamailio")
        assert edge.run("systemctl is-active kamailio").stdout.strip() != "active"
    finally:
        platform.data()
    assert wait_until(edge, "kamcmd core.uptime")


@pytest.mark.parametrize(
    ("daemon", "there"),
    [
        ("rtpengine", "ss -lun | grep -q 127.0.0.1:2223"),
        ("nginx", "ss -ltn | grep -q :443"),
        ("slapd", "ss -ltn | grep -q 127.0.0.1:3890"),
    ],
)
def test_a_daemon_that_dies_comes_back(platform: Platform, edge: Host, daemon: str, there: str) -> None:
    platform.edge()
    before = edge.run(f"pidof {daemon}").stdout.strip()
    edge.run(f"kill -9 {before}")
    assert wait_until(edge, f"""{there} && now=$(pidof {daemon}) && test "$now" != "{before}" """)
