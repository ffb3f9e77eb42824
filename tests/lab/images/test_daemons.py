"""Each daemon starts in its image, as the image's own user and with what the image has, and answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.images.conftest import unpacked

pytestmark = pytest.mark.lab  # roots and users of other names need root

KAMAILIO = """\
#!KAMAILIO
listen=udp:127.0.0.1:5060
children=1
loadmodule "tls.so"
loadmodule "db_postgres.so"
loadmodule "sqlops.so"
loadmodule "ctl.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "rr.so"
loadmodule "xhttp.so"
loadmodule "websocket.so"
loadmodule "rtpengine.so"
loadmodule "uac.so"
modparam("ctl", "binrpc", "unix:/run/kamailio/kamailio_ctl")
modparam("rtpengine", "rtpengine_sock", "udp:127.0.0.1:2223")
request_route { exit; }
event_route[xhttp:request] { exit; }
"""
NGINX = """\
pid /run/nginx.pid;
events {}
http { server { listen 127.0.0.1:8080; return 204; } }
"""
EJABBERD = """\
hosts: [localhost]
listen: [{port: 5222, ip: 127.0.0.1, module: ejabberd_c2s}]
modules: {mod_disco: {}}
"""


def test_kamailio_serves(tmp_path: Path) -> None:
    image = unpacked("kamailio", tmp_path)
    (image.root / "etc/kamailio/try.cfg").write_text(KAMAILIO)
    daemon = ["kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-f", "/etc/kamailio/try.cfg"]
    done = image.serves("inside kamcmd core.version", *daemon)
    assert done.returncode == 0, done.stderr
    assert "kamailio 6.1" in done.stdout


def test_rtpengine_serves(tmp_path: Path) -> None:
    image = unpacked("rtpengine", tmp_path)
    addresses = ["--interface=127.0.0.1", "--listen-ng=127.0.0.1:2223", "--listen-cli=127.0.0.1:2224"]
    asked = "exec 3<>/dev/tcp/127.0.0.1/2224 && echo 'list totals' >&3 && cat <&3"
    daemon = ["rtpengine", "--config-file=none", "--foreground", "--log-stderr", "--table=-1", *addresses]
    done = image.serves(asked, *daemon)
    assert done.returncode == 0, done.stderr
    assert "Total managed sessions" in done.stdout


def test_asterisk_serves(tmp_path: Path) -> None:
    image = unpacked("asterisk", tmp_path)
    asked = "inside asterisk -rx 'core waitfullybooted' && inside asterisk -rx 'module show like chan_pjsip'"
    done = image.serves(asked, "asterisk", "-f", "-n", "-C", "/etc/asterisk/asterisk.conf")
    assert done.returncode == 0, done.stderr
    assert "1 modules loaded" in done.stdout


def test_postgresql_serves(tmp_path: Path) -> None:
    image = unpacked("postgresql", tmp_path)
    programs = next(image.root.glob("usr/lib/postgresql/*/bin"))
    here = f"/{programs.relative_to(image.root)}"
    made = image.run(f"{here}/initdb", "-D", "/var/lib/postgresql/data", "-U", "postgres", "--auth", "peer")
    assert made.returncode == 0, made.stderr
    daemon = [f"{here}/postgres", "-D", "/var/lib/postgresql/data", "-k", "/run/postgresql", "-c", "listen_addresses="]
    done = image.serves(f"inside {here}/psql -h /run/postgresql -Atc 'SELECT current_user' postgres", *daemon)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "postgres\n"
    assert image.run("python3", "-c", "import psycopg2").returncode == 0


def test_nginx_serves(tmp_path: Path) -> None:
    image = unpacked("web", tmp_path)
    (image.root / "etc/nginx/try.conf").write_text(NGINX)
    asked = "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3"
    done = image.serves(asked, "nginx", "-g", "daemon off;", "-c", "/etc/nginx/try.conf")
    assert done.returncode == 0, done.stderr
    assert "204 No Content" in done.stdout


def test_ejabberd_serves(tmp_path: Path) -> None:
    image = unpacked("ejabberd", tmp_path)
    (image.root / "etc/pbx-chat/ejabberd.yml").write_text(EJABBERD)
    (image.root / "etc/pbx-chat/ejabberdctl.cfg").write_text('ERL_DIST_PORT=5210\nERL_OPTIONS="-dist_listen false"\n')
    asked = (
        "exec 3<>/dev/tcp/127.0.0.1/5222 && printf \"<stream:stream to='localhost' version='1.0' xmlns='jabber:client'"
    )
    asked += " xmlns:stream='http://etherx.jabber.org/streams'>\" >&3 && head -c 60 <&3"
    done = image.serves(asked, *image.recipe.command)
    assert done.returncode == 0, done.stderr
    assert "<stream:stream" in done.stdout
