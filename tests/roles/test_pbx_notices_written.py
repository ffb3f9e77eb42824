"""Mails that tell of a message in a mailbox wait for it as text, and for nothing that is not the tenant's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.roles.test_pbx_notices import LINE, NOTICE, Clock, Log, messages

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))

from pbx_notices import deliver, transcripts

ID = "1790000000-00000001"
WRITTEN = {**NOTICE, "mail": ["info@acme.example"], "text": "Från {caller}", "written": "Nedskrivet:"}


@pytest.fixture
def tenants(tmp_path: Path) -> Path:
    home = tmp_path / "tenants" / "acme"
    home.mkdir(parents=True)
    (home / "notices.json").write_text(json.dumps({"ivr.main": WRITTEN}))
    return home.parent


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A message in a mailbox, as Asterisk notes it: the name of its recording."""
    monkeypatch.setattr(transcripts, "VOICEMAIL", tmp_path / "voicemail")
    monkeypatch.setattr(transcripts, "STORE", tmp_path / "texts")
    for slug in ("acme", "other"):
        home = tmp_path / "voicemail" / slug / "info" / "INBOX"
        home.mkdir(parents=True)
        (home / "msg0000.txt").write_text(f";\n[message]\ncallerid=msg_id=1-0\nmsg_id={ID}\n")
    return tmp_path / "voicemail" / "acme" / "info" / "INBOX" / "msg0000.wav"


@pytest.mark.parametrize(
    ("second", "text", "said"),
    [
        (0, None, None),
        (0, "call me back", "Från +46701740606\n\nNedskrivet:\ncall me back"),
        (0, "", "Från +46701740606"),
        (deliver.PATIENCE - 0.1, None, None),
        (deliver.PATIENCE, None, "Från +46701740606"),
        (deliver.PATIENCE, "late", "Från +46701740606\n\nNedskrivet:\nlate"),
    ],
)
def test_a_mail_waits_for_the_message_as_text_but_not_for_ever(
    tmp_path: Path, tenants: Path, monkeypatch: pytest.MonkeyPatch, left: Path,
    second: float, text: str | None, said: str | None,
) -> None:  # fmt: skip
    clock = Clock(monkeypatch)
    clock.now = 1_795_000_000 + second
    log, sent = Log(tmp_path), list[tuple[str, str]]()
    log.add(f"{LINE}&file={left}")
    mail, sms = log.take(tenants)
    assert (mail.awaits, sms.awaits) == (str(tmp_path / "texts" / "acme" / "info" / f"{ID}.json"), "")
    if text is not None:
        Path(mail.awaits).parent.mkdir(parents=True)
        Path(mail.awaits).write_text(json.dumps({"text": text}))
    deliver.Channel("mail", log.spool, lambda each, _: sent.append((each.to, each.text)), print).round()
    assert sent == ([("info@acme.example", said)] if said else [])
    assert bool(list(log.spool.waiting("mail"))) is (said is None)


@pytest.mark.parametrize(
    "file", ["{other}", "/etc/passwd", "{left}/../../../../other/info/INBOX/msg0000.wav", "", "{no}"]
)
def test_no_mail_waits_for_what_is_no_message_of_the_tenants(tenants: Path, left: Path, file: str) -> None:
    places = {"left": left, "no": left.with_name("msg0001.wav"), "other": str(left).replace("acme", "other")}
    assert messages(f"{LINE}&file={file.format(**places)}", tenants)[0].awaits == ""
