"""`pbx destroy` on the lab: what users have is in an export, and no machine knows the tenant any more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.provider_folder import ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT = "kiosken"
SPOOL = "/var/spool/asterisk"
BOOKS = "/var/lib/pbx-contacts"
BOOKED = (
    '{"letters": [], "reminders": [], "moments": [4102444800], "remind": [], "zone": "UTC", "sender": "", '
    '"seconds": 60, "cancelled": false, "sequence": 0}'
)
LEAVE_TRACES = f"""
set -e
as() {{ runuser -u asterisk -- "$@"; }}
as mkdir -p {SPOOL}/voicemail/{TENANT}/ida/INBOX {SPOOL}/prompts/{TENANT}/hello {SPOOL}/recordings/.open/{TENANT}
as mkdir -p {SPOOL}/bookings/{TENANT}
echo '{BOOKED}' | as tee {SPOOL}/bookings/{TENANT}/1b4e28ba.json
echo 'origmailbox=ida@{TENANT}' | as tee {SPOOL}/voicemail/{TENANT}/ida/INBOX/msg0000.txt
install -d -o radicale -g radicale -m 0750 {BOOKS}/collection-root/{TENANT}.ida/personal/.Radicale.cache
install -d -m 0700 {BOOKS}/left/{TENANT}
echo card | tee {BOOKS}/collection-root/{TENANT}.ida/personal/mor {BOOKS}/left/{TENANT}/bo-20270301T120000Z.vcf
echo cache >{BOOKS}/collection-root/{TENANT}.ida/personal/.Radicale.cache/mor
echo sound | as tee {SPOOL}/voicemail/{TENANT}/ida/INBOX/msg0000.wav {SPOOL}/prompts/{TENANT}/hello/all.wav
export PYTHONPATH=/usr/local/lib/pbx PYTHONDONTWRITEBYTECODE=1
as python3 -c "from pbx_calls import log; log.write('{TENANT}', [])"
asterisk -rx 'database put pbx/{TENANT} activity-ida lunch:0:hand:'
asterisk -rx 'devstate change Custom:{TENANT}.user.ida INUSE'
echo '1|call|{TENANT}.none|NONE|ENTERQUEUE||' >> /var/log/asterisk/queue_log
echo '1|call|other.none|NONE|ENTERQUEUE||' >> /var/log/asterisk/queue_log
echo 'told of {TENANT}' | gzip > /var/log/asterisk/messages.log.9.gz
"""
REGISTERED = (
    "INSERT INTO location (ruid, username, domain, contact) "
    f"VALUES ('test', 'ida-desk', '{TENANT}.example', 'sip:ida@198.18.0.9') ON CONFLICT DO NOTHING"
)
PLACES = "/etc /opt /root /run /srv /tmp /usr/local /usr/share/asterisk /var"
NOT_ASKED = "--exclude-dir=journal --exclude-dir=postgresql --exclude-dir=.ansible"
"""The system's journal ends by itself, and the database is asked for what it holds."""


def traces(examples: ProviderFolder, machine: str) -> list[str]:
    """Files that name the tenant or lie below such a name, and links that lead to one."""
    named = f"find {PLACES} -name '*{TENANT}*' -o -lname '*{TENANT}*' 2>/dev/null || true"
    within = f"grep -rlaI --devices=skip {NOT_ASKED} {TENANT} {PLACES} 2>/dev/null || true"
    binary = f"grep -rla --devices=skip {NOT_ASKED} {TENANT} /var/lib /var/spool /etc 2>/dev/null || true"
    found = {line for command in (named, within, binary) for line in examples.run(machine, command).splitlines()}
    return sorted(found)


def test_what_users_have_is_exported_and_no_machine_knows_the_tenant(examples: ProviderFolder, tmp_path: Path) -> None:
    before = examples.held(TENANT)
    try:
        examples.run("core", LEAVE_TRACES)
        examples.run("data", f'runuser -u postgres -- psql -d kamailio -c "{REGISTERED}"')
        assert traces(examples, "core")
        done = examples.document(
            "destroy", TENANT, "--yes", "--export", str(tmp_path / "exports"), "--reason", "the kiosk closed"
        )
        (exported,) = done["exported"]
        found = exported["counts"]
        assert (found["messages"], found["contacts"], found["bookings"]) == (2, 2, 1)
        folder = Path(exported["folder"])
        assert (folder / "core/messages/ida/INBOX/msg0000.wav").read_text() == "sound\n"
        assert (folder / "core/prompts/hello/all.wav").is_file()
        books = {str(each.relative_to(folder)) for each in (folder / "core/contacts").rglob("*") if each.is_file()}
        assert books == {f"core/contacts/{TENANT}.ida/personal/mor", "core/contacts/left/bo-20270301T120000Z.vcf"}
        assert folder.stat().st_mode & 0o077 == 0
        assert done["forgotten"] == {TENANT: ["core", "data"]}

        for machine in ("core", "edge", "data"):
            assert traces(examples, machine) == [], machine
        dump = examples.run("data", "runuser -u postgres -- pg_dump kamailio")
        assert TENANT not in dump
        for command in ("database show", "dialplan show", "queue show", "devstate list"):
            assert TENANT not in examples.asterisk(command)
        for table in ("tenants", "domains", "numbers"):
            assert TENANT not in examples.run("edge", f"kamcmd htable.dump {table}")
        assert "other.none" in examples.run("core", "cat /var/log/asterisk/queue_log"), "another's line stays"
        examples.pbx("destroy", TENANT, "--yes", code=64)
    finally:
        examples.pbx("apply", "--yes")
        examples.run("core", "rm -f /var/log/asterisk/messages.log.9.gz")
    assert examples.held(TENANT) == before
    last = examples.document("history", TENANT)["records"][1]
    assert (last["command"], last["reason"]) == ("destroy", "the kiosk closed"), json.dumps(last)
