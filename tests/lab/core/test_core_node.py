"""A core node as the role leaves it, seen from outside with testinfra and from inside by Asterisk."""

from __future__ import annotations

import dataclasses

import pytest
import testinfra
from testinfra.host import Host

from provisioner.core.deployment import PlayFailed

from .conftest import Core

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def host(core: Core) -> Host:
    return testinfra.get_host("ssh://core", ssh_config=str(core.lab.ssh_config))


def test_a_second_run_changes_nothing(core: Core) -> None:
    core.configure()
    assert core.configure() == 0


def test_package_and_service(host: Host) -> None:
    assert host.package("asterisk").is_installed
    assert host.service("asterisk").is_enabled
    assert host.service("asterisk").is_running


def test_only_the_private_address_listens(host: Host, core: Core) -> None:
    sockets = host.check_output("ss -H -lnup | grep asterisk || true").splitlines()
    places = [line.split()[3] for line in sockets]
    # The SIP library's own name resolver asks from two ephemeral ports.
    assert [each for each in places if int(each.rpartition(":")[2]) < 32768] == [f"{core.address}:5060"]
    assert "asterisk" not in host.check_output("ss -H -lntp")


def test_daemon_is_not_root(host: Host) -> None:
    owners = {each.user for each in host.process.filter(comm="asterisk")}
    assert owners == {"asterisk"}


@pytest.mark.parametrize(
    ("path", "user", "mode"),
    [
        ("/etc/asterisk", "root", 0o750),
        ("/etc/asterisk/pjsip.conf", "root", 0o640),
        ("/etc/asterisk/pbx/tenants", "root", 0o750),
        ("/var/log/asterisk/cel-custom", "asterisk", 0o750),
        ("/usr/local/libexec/pbx/hold_tone.py", "root", 0o755),
    ],
)
def test_modes(host: Host, path: str, user: str, mode: int) -> None:
    file = host.file(path)
    assert (file.user, file.group in ("asterisk", "root"), file.mode) == (user, True, mode)


# res_agi is there for the platform's own programs: K105 lets no dialplan name another.
@pytest.mark.parametrize("module", ["func_shell", "func_env", "func_curl", "app_system", "pbx_spool"])
def test_nothing_reaches_the_system(core: Core, module: str) -> None:
    assert "0 modules loaded" in core.ask(f"module show like {module}")


def test_log_is_free_of_errors(core: Core) -> None:
    core.sh("systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    said = core.sh("tac /var/log/asterisk/messages.log | sed '/built by/q' | grep -E ' (WARNING|ERROR)' || true")
    # Without a tenant there is no queue and no mailbox, which is right.
    assert [line for line in said.splitlines() if "No call agents" not in line] == []


def test_asterisk_refuses_and_the_running_configuration_stays(core: Core) -> None:
    core.configure()
    before = core.sh("sha256sum /etc/asterisk/*.conf")
    broken = "[private]\ntype = transport\nprotocol = udp\nbind = nowhere\n"
    with pytest.raises(PlayFailed, match=r"asterisk refuses the files, nothing was changed: .*nowhere"):
        core.configure(patch={"pjsip.conf": broken})
    assert core.sh("sha256sum /etc/asterisk/*.conf") == before
    assert core.configure() == 0


def test_what_can_be_reloaded_is_not_restarted(core: Core) -> None:
    core.configure()
    before = core.sh("systemctl show -p InvocationID asterisk")
    assert core.configure(dataclasses.replace(core.node, call_events=False)) == 1
    assert "Disabled" in core.ask("cel show status")
    assert core.configure() == 1
    assert "Enabled" in core.ask("cel show status")
    assert core.sh("systemctl show -p InvocationID asterisk") == before


def test_file_changed_by_hand_is_mended(core: Core) -> None:
    core.configure()
    core.sh("echo '; by hand' >> /etc/asterisk/queues.conf")
    assert core.configure() == 1
    assert core.configure() == 0


def test_stopped_daemon_is_started(core: Core) -> None:
    core.sh("systemctl disable --now asterisk")
    assert core.configure() == 1
    assert core.configure() == 0
    assert "from-edge" in core.ask("dialplan show from-edge")


def test_no_line_stays_busy_over_a_restart(core: Core) -> None:
    core.ask("devstate change Custom:klinik.anna INUSE")
    core.sh("systemctl restart asterisk && asterisk -rx 'core waitfullybooted'")
    assert "klinik.anna" not in core.ask("devstate list")
