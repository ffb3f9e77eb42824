"""`pbx drift` on the lab: none on a clean platform; what is changed by hand is found, and put back by an apply."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "solglantan"
HOME = f"/etc/asterisk/pbx/tenants/{TENANT}"
LOWEST = "SELECT min(number) FROM numbers WHERE tenant = '{}'"
PSQL = "runuser -u postgres -- psql -d kamailio -Atc"


def sql(examples: ProviderFolder, query: str) -> str:
    return examples.run("data", f'{PSQL} "{query}"').strip()


@pytest.fixture
def by_hand(examples: ProviderFolder) -> Iterator[dict[str, str]]:
    """A file, rows, a service, and what each daemon holds in memory, changed by hand; all is put back in the end."""
    number = sql(examples, LOWEST.format(TENANT))
    account = sql(examples, f"SELECT min(username) FROM subscriber WHERE tenant = '{TENANT}'")
    kiosk = sql(examples, LOWEST.format("kiosken"))
    queue = examples.run("core", f"sed -n 's/^.\\({TENANT}.*\\).$/\\1/p' {HOME}/queues.conf").split()[0]
    examples.run("core", f"sed -i '0,/^maxlen = .*/s//maxlen = 77/' {HOME}/queues.conf")
    examples.asterisk(f"dialplan add extension 999,1,Hangup,21 into {TENANT}.numbers")
    sql(examples, f"DELETE FROM numbers WHERE number = '{number}'")
    sql(examples, f"UPDATE subscriber SET ha1 = md5('x') WHERE tenant = '{TENANT}' AND username = '{account}'")
    examples.run("edge", f"kamcmd htable.sets numbers s:{kiosk} s:{TENANT}")
    examples.run("edge", "systemctl stop nginx")
    yield {"number": number, "account": account, "kiosk": kiosk, "queue": queue}
    if examples.try_pbx("drift").returncode:
        examples.run("edge", "systemctl start nginx")
        examples.pbx("apply", "--yes", "--again", "--target", TENANT)


LDAP = """
import contextlib, ldap
directory = ldap.initialize("ldapi://%2Frun%2Fpbx-ldap%2Fldapi")
directory.sasl_external_bind_s()
"""
BY_LDAP = f"""{LDAP}
entry = "uid=user.anna,ou=book,o={TENANT},dc=pbx"
directory.modify_s(entry, [(ldap.MOD_REPLACE, "telephoneNumber", [b"999"])])
directory.add_s("o=stranger,dc=pbx", [("objectClass", [b"organization"]), ("o", [b"stranger"])])
"""
NO_STRANGER = f"""{LDAP}
with contextlib.suppress(ldap.NO_SUCH_OBJECT):
    directory.delete_s("o=stranger,dc=pbx")
"""


def python(examples: ProviderFolder, program: str) -> None:
    done = examples.lab.run("edge", ["python3", "-"], stdin=program)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def set_up_by_hand(examples: ProviderFolder) -> Iterator[None]:
    """The kernel's firewall, a package, settings of the kernel and of a service, and an entry of a contact book."""
    known = "/var/lib/dpkg/status"
    try:
        examples.run("core", "nft add rule inet pbx input tcp dport 2323 accept")
        examples.run("data", "nft flush ruleset")
        examples.run("edge", "echo '# by hand' >>/etc/systemd/system/nginx.service.d/pbx.conf")
        examples.run("data", "echo '# by hand' >>/etc/sysctl.d/60-pbx.conf")
        examples.run("core", f"cp -p {known} {known}.kept && sed -i '/^Package: age$/,/^$/d' {known}")
        python(examples, BY_LDAP)
        yield
    finally:
        examples.run("core", f"test ! -e {known}.kept || mv {known}.kept {known}")
        python(examples, NO_STRANGER)
        if examples.try_pbx("drift").returncode:
            examples.pbx("apply", "--yes", "--again")


def of(document: dict[str, Any], thing: str) -> dict[str, Any]:
    (found,) = [each for each in document["drift"] if each["object"].startswith(thing)]
    return dict(found)


def test_a_clean_platform_shows_none(examples: ProviderFolder) -> None:
    assert examples.pbx("drift") == "no drift\n"
    assert examples.document("drift", TENANT)["drift"] == []


def test_what_was_changed_by_hand_is_found_and_put_back(
    examples: ProviderFolder, by_hand: dict[str, str], tmp_path: Path
) -> None:
    assert set(examples.apply().values()) == {"unchanged"}, "no state knows of it"
    document = examples.document("drift", code=2)

    file = of(document, f"{HOME}/queues.conf")
    assert (file["tenant"], file["host"], file["field"], file["found"]) == (TENANT, "core", "maxlen", "77")
    assert file["object"].endswith(by_hand["queue"])
    assert file["place"].startswith("queues.")
    assert file["owner"] == "root"
    assert file["changed"]

    row = of(document, f"numbers {by_hand['number']}")
    assert (row["tenant"], row["host"], row["expected"], row["found"]) == (TENANT, "data", "there", None)
    assert row["noticed"] == f"callers of {by_hand['number']} hear that the number is unknown"
    password = of(document, f"subscriber {by_hand['account']}@")
    assert (password["field"], password["expected"]) == ("password", "(secret)")

    step = of(document, f"dialplan {TENANT}.numbers 999")
    assert (step["field"], step["expected"], step["found"]) == ("step 1", None, "Hangup(21)")
    memory = of(document, f"memory numbers {by_hand['kiosk']}")
    assert (memory["host"], memory["expected"], memory["found"]) == ("edge", "kiosken", TENANT)
    assert of(document, "service nginx")["found"] == "inactive"
    assert len(document["drift"]) == 6, "what Asterisk runs of the queue is as it was applied"

    patch = tmp_path / "drift.patch"
    told = examples.pbx("drift", TENANT, "--adopt", str(patch), code=2)
    assert f"! callers of {by_hand['number']} hear that the number is unknown" in told
    assert f"--again --target {TENANT}" in told
    assert "queues.nurse.max_waiting becomes 77" in told
    assert f"cannot be said in a tenant file: data: numbers {by_hand['number']}" in told
    assert "+    max_waiting: 77\n" in patch.read_text(encoding="utf-8")
    examples.run("edge", "systemctl start nginx")
    examples.pbx("apply", "--yes", "--again", "--target", TENANT)
    assert examples.pbx("drift") == "no drift\n"


@pytest.mark.usefixtures("set_up_by_hand")
def test_how_machines_are_set_up_is_looked_at_and_put_back(examples: ProviderFolder) -> None:
    found = {(each["host"], each["tenant"], each["object"]) for each in examples.document("drift", code=2)["drift"]}
    assert found == {
        ("core", "", "set-up Firewall that runs is the one of the file"),
        ("core", "", "set-up Asterisk, and what seals recorded calls"),
        ("data", "", "set-up Firewall that runs is the one of the file"),
        ("data", "", "set-up Kernel settings"),
        ("data", "", "set-up Kernel settings are in force"),
        ("edge", "", "set-up Settings of the service"),
        ("edge", "", "set-up The daemon runs with it, now and after a restart"),
        ("edge", "stranger", "book-entry o=stranger,dc=pbx"),
        ("edge", TENANT, "book-user anna"),
    }
    examples.run("core", "mv /var/lib/dpkg/status.kept /var/lib/dpkg/status")
    examples.pbx("apply", "--yes", "--again")
    left = {each["object"] for each in examples.document("drift", code=2)["drift"]}
    assert left == {"book-entry o=stranger,dc=pbx"}, "no apply knows of a tenant that was never there"
    python(examples, NO_STRANGER)
    assert examples.pbx("drift") == "no drift\n"
    assert "2323" not in examples.run("core", "nft list ruleset")
