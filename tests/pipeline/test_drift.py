"""Drift: what machines answer, laid against what was applied last, behind a fake of the machines."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provisioner.cli.drift import document, text
from provisioner.core.drift import OTHER_SECRET, SECRET, Applied, Seen, SeenFile, SeenPart
from provisioner.pipeline import looking
from provisioner.pipeline.drift import THERE
from provisioner.pipeline.fields import fields
from tests.pipeline.test_deploy import EXAMPLES, House

TENANT = "solglantan"
HOME = f"/etc/asterisk/pbx/tenants/{TENANT}"
WHO = {"owner": "root", "changed": "2026-11-30T10:00:00+00:00"}


@dataclass
class FakeLive:
    """Answers what it is told to, and remembers what it was asked."""

    answers: tuple[Seen, ...] = ()
    asked: list[Applied] = field(default_factory=list)

    def look(self, applied: Applied) -> tuple[Seen, ...]:
        self.asked.append(applied)
        return self.answers


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(EXAMPLES, tmp_path / "folder")
    made = House(tmp_path / "folder")
    made.apply()
    return made


def look(house: House, *answers: Seen, only: str = "") -> looking.Look:
    named = [only] if only else []
    return looking.look(house.folder, house.prepare(*named), house.tools, FakeLive(answers), frozenset(named))


def applied(house: House, only: str = "") -> Applied:
    live = FakeLive()
    named = [only] if only else []
    looking.look(house.folder, house.prepare(*named), house.tools, live, frozenset(named))
    return live.asked[0]


def laid_text(house: House, path: str) -> str:
    (laid,) = [each for each in applied(house).files if each.path == path]
    return house.tools.bundles.text(laid.digest, laid.file)


def rows(house: House) -> Mapping[str, list[dict[str, str]]]:
    found: Mapping[str, list[dict[str, str]]] = json.loads(
        house.tools.bundles.text(applied(house).rows[TENANT], "rows.json")
    )["tables"]
    return found


def test_a_clean_platform_has_no_drift_and_all_of_it_is_asked_for(house: House) -> None:
    found = look(house)
    assert (found.drift, found.pending, found.waiting, found.unsure, found.never) == ((), (), (), {}, ())
    assert list(text(found)) == ["no drift"]
    asked = applied(house)
    assert asked.whole
    assert set(asked.rows) == {"kiosken", "nordverk", TENANT}
    paths = {(each.host, each.path) for each in asked.files}
    assert ("core", f"{HOME}/extensions.conf") in paths
    assert ("core", "/etc/asterisk/pjsip.conf") in paths
    assert ("core", "/etc/pbx/notices.json") in paths
    assert ("edge", "/etc/kamailio/current/kamailio.cfg") in paths
    assert ("edge", "/etc/nginx/nginx.conf") in paths
    assert not [path for host, path in paths if host == "data"], "its schema becomes no file"


@pytest.mark.row("C5")
def test_what_the_chat_server_holds_otherwise_says_who_notices_it(house: House) -> None:
    for file, words in (
        ("provider.yaml", "chat: {node: edge}"),
        ("tenants/solglantan.yaml", "chat: {channels: {all: {title: All, kind: open}}}"),
    ):
        with (house.folder / file).open("a") as opened:
            opened.write(f"\n{words}\n")
    house.apply()
    asked = applied(house)
    paths = {(each.host, each.path) for each in asked.files}
    assert {("edge", "/etc/pbx-chat/ejabberd.yml"), ("edge", f"/etc/pbx-chat/tenants/{TENANT}.yml")} <= paths
    assert asked.chats.keys() == {TENANT}
    parts = (
        SeenPart(TENANT, "chat-account anna", "state", "open", "locked"),
        SeenPart(TENANT, "chat-channel all", "", THERE, None),
        SeenPart(TENANT, "chat-channel all", "anna", "member", "outcast"),
        SeenPart(TENANT, "chat-channel all", "members_only", "true", "false"),
        SeenPart(TENANT, "chat-group all", "anna", "member", None),
        SeenPart(TENANT, f"chat-page {TENANT}", "content", "{}", None),
    )
    assert [(each.place, each.noticed) for each in look(house, Seen("edge", parts=parts)).drift] == [
        ("users.anna", "anna cannot log in to chat"),
        ("chat.channels.all", "nobody can write in the chat channel all"),
        ("chat.channels.all", "anna is outcast in the chat channel all"),
        ("chat.channels.all", "the chat channel all is not as declared"),
        ("", "contact lists of chat show another all"),
        ("", "users cannot chat in a browser"),
    ]


@pytest.mark.row("C9")
def test_files_and_services_of_video_rooms_are_looked_at(house: House) -> None:
    for file, words in (
        ("provider.yaml", "video: {node: edge}"),
        ("tenants/solglantan.yaml", "video: {rooms: {board: {title: Board, leaders: [anna]}}}"),
    ):
        with (house.folder / file).open("a") as opened:
            opened.write(f"\n{words}\n")
    house.apply()
    path = f"/etc/pbx-video/tenants/{TENANT}.json"
    paths = {(each.host, each.path) for each in applied(house).files}
    assert {("edge", "/etc/pbx-video/livekit.yaml"), ("edge", "/etc/pbx-video/meet.json"), ("edge", path)} <= paths
    found = look(house, Seen("edge", {path: SeenFile(True, None, **WHO)}, services={"pbx-meet": "failed"})).drift
    assert [(each.object, each.field, each.noticed) for each in found] == [
        ("service pbx-meet", "state", "nobody can come into video rooms"),
        (path, "content", ""),
    ]


def test_a_named_tenant_is_looked_at_alone(house: House) -> None:
    asked = applied(house, TENANT)
    assert {each.tenant for each in asked.files} == set(asked.rows) == {TENANT}
    assert not asked.whole
    assert not asked.platform


def test_a_file_changed_by_hand_says_field_values_place_and_who(house: House) -> None:
    path = f"{HOME}/queues.conf"
    written = laid_text(house, path)
    assert "wrapuptime = 10" in written
    changed = written.replace("wrapuptime = 10", "wrapuptime = 5", 1)
    found = look(house, Seen("core", {path: SeenFile(True, changed, **WHO)}))
    (drift,) = found.drift
    assert (drift.tenant, drift.host, drift.field) == (TENANT, "core", "wrapuptime")
    assert (drift.expected, drift.found) == ("10", "5")
    assert drift.object.startswith(f"{path} {TENANT}.")
    assert drift.place.startswith("queues.")
    assert (drift.owner, drift.changed) == ("root", WHO["changed"])
    assert "wrapuptime is 5" in drift.noticed
    lines = list(text(found))
    assert lines[0] == TENANT
    assert lines[-1].startswith("1 difference on core; `pbx apply --env lab --again --target solglantan`")


@pytest.mark.parametrize(
    ("change", "field_", "expected", "found"),
    [
        (lambda lines: [*lines, "; a remark"], "line", None, "; a remark"),
        (lambda lines: [*lines, "[new]", "strategy = random"], "strategy", None, "random"),
        (lambda lines: [each for each in lines if each != "wrapuptime = 10"], "wrapuptime", "10", None),
    ],
    ids=["remark", "added", "taken out"],
)
def test_what_was_added_or_taken_out_of_a_file(
    house: House, change: object, field_: str, expected: str | None, found: str | None
) -> None:
    path = f"{HOME}/queues.conf"
    assert callable(change)
    changed = "\n".join(change(laid_text(house, path).splitlines())) + "\n"
    (drift, *_) = look(house, Seen("core", {path: SeenFile(True, changed)})).drift
    assert drift.field.startswith(field_)
    assert (drift.expected, drift.found) == (expected, found)


def test_the_mark_that_a_node_adds_is_no_drift_and_a_changed_step_is(house: House) -> None:
    path = f"{HOME}/extensions.conf"
    written = laid_text(house, path)
    marked = f"{written}[pbx.bundles]\nexten => {TENANT},1,NoOp(abc)\n"
    changed = marked.replace("Answer()", "Hangup(16)", 1)
    (drift,) = look(house, Seen("core", {path: SeenFile(True, changed)})).drift
    assert (drift.expected, drift.found) == ("Answer()", "Hangup(16)")
    assert drift.field.startswith("step ")
    assert drift.place
    assert "go another way" in drift.noticed


def test_values_of_secrets_are_shown_nowhere(house: House) -> None:
    table = [{**each} for each in rows(house)["subscriber"]]
    table[0]["secret"] = OTHER_SECRET
    found = look(
        house,
        Seen("core", {"/etc/asterisk/pbx/tenants/solglantan/people.json": SeenFile(True, None, **WHO)}),
        Seen("edge", {"/etc/kamailio/current/secrets.cfg": SeenFile(True, None)}, {(TENANT, "a/b.xml"): SeenFile()}),
        Seen("data", rows={TENANT: {"subscriber": table}}),
    )
    assert {(each.expected, each.found) for each in found.drift} == {(SECRET, OTHER_SECRET)}
    assert len(found.drift) == 4
    (password,) = [each for each in found.drift if each.field == "password"]
    assert "cannot register" in password.noticed
    shown = json.dumps(document(found)) + "\n".join(text(found))
    assert "{{secret" not in shown


def test_rows_that_are_gone_changed_or_new(house: House) -> None:
    tables = rows(house)
    gone, *left = tables["numbers"]
    (tenant,) = tables["tenants"]
    found = look(
        house,
        Seen(
            "data",
            rows={
                TENANT: {"numbers": [*left, {"number": "+4612345678"}], "tenants": [{**tenant, "core": "elsewhere"}]},
                "stranger": {"domains": [{"domain": "stranger.example"}]},
            },
        ),
    )
    told = {each.object: each for each in found.drift}
    missing = told[f"numbers {gone['number']}"]
    assert (missing.expected, missing.found) == ("there", None)
    assert missing.place == f"numbers.{gone['number']}"
    assert missing.noticed == f"callers of {gone['number']} hear that the number is unknown"
    assert told["numbers +4612345678"].expected is None
    assert (told[f"tenants {TENANT}"].field, told[f"tenants {TENANT}"].found) == ("core", "elsewhere")
    assert (told["domains stranger.example"].tenant, told["domains stranger.example"].expected) == ("stranger", None)


def test_what_daemons_hold_otherwise(house: House) -> None:
    found = look(
        house,
        Seen("edge", parts=(SeenPart(TENANT, "memory numbers +46850110100", "", TENANT, None),)),
        Seen(
            "core",
            parts=(
                SeenPart(TENANT, f"queue {TENANT}.nurse", "strategy", "linear", "random"),
                SeenPart(TENANT, f"queue {TENANT}.nurse", "maxlen", "77", "20"),
                SeenPart(TENANT, f"queue {TENANT}.nurse", "", None, "there"),
                SeenPart(TENANT, f"queue {TENANT}.other", "", None, "there"),
                SeenPart(TENANT, f"dialplan {TENANT}.numbers 999", "step 1", None, "Hangup(21)"),
                SeenPart(TENANT, "mailbox info", "email", "", "else@where.example"),
            ),
        ),
        Seen("data", services={"postgresql@*": "inactive"}),
    )
    told = {each.object: each for each in found.drift}
    assert told["memory numbers +46850110100"].noticed == "callers of +46850110100 hear that the number is unknown"
    (strategy,) = [each for each in found.drift if each.object == f"queue {TENANT}.nurse"]
    assert (strategy.expected, strategy.found) == ("leastrecent", "random"), "an edited file is no measure for a daemon"
    assert strategy.place.startswith("queues.nurse")
    assert told[f"queue {TENANT}.other"].expected is None
    assert told[f"dialplan {TENANT}.numbers 999"].found == "Hangup(21)"
    assert (told["mailbox info"].found, told["mailbox info"].place) == ("else@where.example", "voicemail.info")
    assert told["service postgresql@*"].noticed == "no telephone can register"


def test_files_that_nobody_laid_down(house: House) -> None:
    stray = SeenFile(True, None, **WHO)
    found = look(
        house,
        Seen("core", {f"{HOME}/extra.conf": stray, "/etc/asterisk/pbx/tenants/old/extensions.conf": stray,
                      "/etc/asterisk/pbx/tenants/old/queues.conf": stray}),
    )  # fmt: skip
    assert [(each.tenant, each.object) for each in found.drift] == [
        ("old", "/etc/asterisk/pbx/tenants/old"),
        (TENANT, f"{HOME}/extra.conf"),
    ]
    assert all(each.expected is None for each in found.drift)


def test_what_waits_in_the_folder_is_told_and_is_no_drift(house: House) -> None:
    file = house.folder / "tenants" / f"{TENANT}.yaml"
    before = applied(house)
    file.write_text(file.read_text().replace("timeout: 120s", "timeout: 60s"))
    found = look(house)
    assert found.drift == ()
    (words,) = found.pending
    assert [each.text for each in words.sentences] == ["callers wait in the queue nurse at most 60s instead of 120s"]
    assert applied(house) == before, "machines are compared with what was applied"


def test_a_stack_whose_secrets_moved_is_not_guessed_at(house: House) -> None:
    handle = next(each for each in house.secrets.values if each.startswith(f"devices/{TENANT}/"))
    house.secrets.values[handle] = "another"
    found = look(house)
    assert list(found.unsure) == [f"lab.tenant.{TENANT}"]
    assert "apply first" in found.unsure[f"lab.tenant.{TENANT}"]


def test_bundles_that_are_not_kept_here_are_no_guess_either(house: House) -> None:
    shutil.rmtree(house.folder / ".pbx" / "bundles" / applied(house).rows[TENANT])
    file = house.folder / "tenants" / f"{TENANT}.yaml"
    file.write_text(file.read_text().replace("extension: 190", "extension: 191"))
    assert "not kept on this machine" in look(house).unsure[f"lab.tenant.{TENANT}"]


def test_a_tenant_that_was_never_applied_is_told(house: House) -> None:
    del house.engine.there[f"lab.tenant.{TENANT}"]
    assert look(house, only=TENANT).never == (TENANT,)


def test_again_carries_out_what_state_says_is_as_wanted(house: House) -> None:
    from provisioner.pipeline import deploy

    def results(*only: str) -> dict[str, bool]:
        done = deploy.apply(house.prepare(*only), house.tools, lambda _: None, again=True).outcomes
        return {each.stack: each.skipped for each in done}

    assert not any(results().values())
    assert results(TENANT) == {"lab.platform": True, f"lab.tenant.{TENANT}": False}


def test_fields_of_a_dialplan_follow_its_steps() -> None:
    said = fields(
        "extensions.conf", "[a.b]\nexten => x-1,1(top),NoOp(a\\;b)\nsame => n,Return()\nexten => x,hint,Custom:y\n"
    )
    assert {key: value.text for key, value in said.items()} == {
        ("dialplan a.b x1", "step 1"): "NoOp(a;b)",
        ("dialplan a.b x1", "step 2"): "Return()",
        ("dialplan a.b x", "hint"): "Custom:y",
    }


def test_fields_of_json_are_its_leaves() -> None:
    said = fields("people.json", '{"users": [{"name": "Anna"}], "none": []}')
    assert {key: value.text for key, value in said.items()} == {
        ("users.0", "name"): '"Anna"',
        ("", "none"): "[]",
    }
    assert fields("people.json", "{broken") == {}
