"""The log of users' calls: what each user has of a call, across restarts, for as long as the tenant says."""

from __future__ import annotations

import base64
import csv
import io
import json
import sys
from pathlib import Path

import pytest

from provisioner.core.ports.call_log import KINDS
from provisioner.targets.asterisk.core_node import CALL_EVENTS, CALL_EVENTS_FILE

sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "notices" / "files"))
sys.path.insert(0, str(Path(__file__).parents[2] / "roles" / "calls" / "files"))

from pbx_calls import follow, log, messages, rows
from pbx_calls.follow import Calls, Reader
from pbx_calls.gather import Entry, entries

pytestmark = pytest.mark.row("U13")

CALLER, WHO = "+46701740600", base64.b64encode('Örjan, "X" (1)'.encode()).decode()
T = 1_790_000_000.0


class Script:
    """Writes the rows of a call as Asterisk would."""

    def __init__(self, call: str = "core-1.1") -> None:
        self.call, self.lines, self.now = call, [], T

    def row(self, event: str, leg: str, *, name: str = "", said: str = "", context: str = "acme.user") -> Script:
        self.now += 1
        extra = json.dumps({"extra": said}) if event == "USER_DEFINED" else ""
        fields = (event, f"{self.now}", name, extra, self.call, leg, f"PJSIP/edge-{leg}", "s", context, CALLER)
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(fields)
        self.lines.append(out.getvalue())
        return self

    def tell(self, leg: str, name: str, said: str, context: str = "acme.user") -> Script:
        return self.row("USER_DEFINED", leg, name=name, said=said, context=context)

    def starts(self, *legs: str) -> Script:
        for leg in legs:
            self.row("CHAN_START", leg)
        return self

    def ends(self, *legs: str) -> Script:
        for leg in legs:
            self.row("HANGUP", leg).row("CHAN_END", leg)
        return self

    def comes(self) -> Script:
        return self.starts("1").tell("1", "comes", f"acme {CALLER} {WHO}", "from-edge")

    def rings(self, user: str, leg: str = "1", number: str = CALLER) -> Script:
        return self.tell(leg, "rings", f"acme {user} {number} {WHO}", "pbx.line")

    def entries(self, message: str = "") -> dict[tuple[str, str], Entry]:
        read = [row for row in map(rows.read, self.lines) if row]
        found = entries(read, lambda *_: message)
        assert {slug for slug, _ in found} <= {"acme"}
        return {(each.user, each.direction): each for _, each in found}


def test_the_columns_are_those_of_the_compiler() -> None:
    assert tuple(CALL_EVENTS) == rows.COLUMNS
    assert str(follow.LOG) == CALL_EVENTS_FILE
    assert tuple(log.KINDS) == KINDS


@pytest.mark.parametrize("line", ["", "x", '"ANSWER","soon","","","1","1","c","s","x","y"', '"ANSWER",1,2', '"\0"'])
def test_what_is_no_row_is_passed_over(line: str) -> None:
    assert rows.read(line) is None


def test_answered_on_one_of_two_telephones() -> None:
    call = Script().comes().tell("1", "node", "user:anna").rings("anna").starts("2").row("ANSWER", "2")
    call.tell("2", "takes", "acme anna core-1.1 desk ").ends("2").ends("1")
    (found,) = call.entries().values()
    assert (found.result, found.device, found.seconds, found.by) == ("answered", "desk", 1, "")
    assert (found.number, found.name, found.at) == (CALLER, 'Örjan, "X" (1)', T + 3)
    (desk,), (app,) = list(log.shown([found], "desk")), list(log.shown([found], "app"))
    assert (desk["result"], app["result"], app["device"]) == ("answered", "answered-elsewhere", "desk")


def test_a_call_that_nobody_took_is_missed_and_its_message_found() -> None:
    call = Script().comes().tell("1", "node", "user:anna").rings("anna").starts("2").ends("2")
    call.tell("1", "node", "voicemail:anna").ends("1")
    assert call.entries()["anna", "received"].result == "missed"
    assert call.entries("1790000000-00000001")["anna", "received"].message == "1790000000-00000001"


def test_a_message_that_came_straight_to_her_mailbox_is_a_missed_call() -> None:
    call = Script().comes().tell("1", "node", "voicemail:anna", "acme.voicemail").ends("1")
    assert call.entries() == {}
    (found,) = call.entries("1790000000-00000001").values()
    assert (found.user, found.result, found.number, found.message) == (
        *("anna", "missed", CALLER),
        "1790000000-00000001",
    )


@pytest.mark.parametrize(("meets", "result", "seconds"), [(True, "answered", 1), (False, "unanswered", 0)])
def test_who_called_in_to_dial_on_made_the_call_and_was_answered_by_whom_she_called(
    meets: bool, result: str, seconds: int
) -> None:
    call = Script().comes().row("ANSWER", "1", context="acme.disa.out")
    call.tell("1", "made", "acme anna *mobile 0701740601", "acme.disa.out").starts("2")
    if meets:
        call.row("ANSWER", "2").row("BRIDGE_ENTER", "1")
    call.ends("1")
    found = call.entries()["anna", "made"]
    assert (found.result, found.seconds, found.number, found.device) == (result, seconds, "0701740601", "*mobile")


def test_who_withholds_her_number_is_nobody() -> None:
    call = Script().starts("1").tell("1", "comes", "acme - -").tell("1", "node", "user:anna")
    (found,) = call.tell("1", "rings", "acme anna - -").ends("1").entries().values()
    assert (found.result, found.number, found.name) == ("missed", "", "")


def test_a_colleague_of_the_group_took_it() -> None:
    call = (
        Script()
        .comes()
        .rings("anna", "3")
        .rings("bo", "4")
        .starts("5")
        .tell("5", "takes", "acme bo core-1.1 app")
        .ends("5")
    )
    found = call.ends("1").entries()
    assert (found["anna", "received"].result, found["anna", "received"].by) == ("colleague", "bo")
    assert (found["bo", "received"].result, found["bo", "received"].device) == ("answered", "app")


def test_picked_up_by_a_colleague() -> None:
    call = Script().comes().tell("1", "node", "user:anna").rings("anna").starts("2")
    found = call.tell("2", "takes", "acme anna core-1.1 - bo desk").ends("2", "1").entries()
    assert (found["anna", "received"].result, found["anna", "received"].by) == ("picked-up", "bo")
    taken = found["bo", "received"]
    assert (taken.result, taken.device, taken.by, taken.number) == ("answered", "desk", "anna", CALLER)


def test_a_parked_caller_is_answered_by_who_takes_her() -> None:
    call = Script().comes().tell("1", "node", "user:anna").rings("anna").starts("2")
    call.tell("2", "takes", "acme anna core-1.1 desk ").ends("2").starts("3")
    found = call.tell("3", "takes", "acme  core-1.1 - bo desk").ends("3", "1").entries()
    assert (found["anna", "received"].result, found["anna", "received"].device) == ("answered", "desk")
    assert (found["bo", "received"].result, found["bo", "received"].by) == ("answered", "")
    assert found["bo", "received"].number == CALLER


@pytest.mark.parametrize(
    ("told", "taken", "result", "to", "by"),
    [
        (("number:+46701740605",), "", "forwarded", "number:+46701740605", ""),
        (("user:bo",), "bo", "forwarded", "user:bo", "bo"),
        (("user:bo",), "", "forwarded", "user:bo", ""),
        (("hangup:unavailable",), "", "missed", "", ""),
        (("user:anna", "voicemail:anna"), "", "missed", "", ""),
    ],
)
def test_sent_on_without_ringing(told: tuple[str, ...], taken: str, result: str, to: str, by: str) -> None:
    call = Script().comes().tell("1", "node", "user:anna")
    for each in told:
        call.tell("1", "node", each)
    if taken:
        call.rings("bo").starts("2").tell("2", "takes", "acme bo core-1.1 desk").ends("2")
    found = call.ends("1").entries()["anna", "received"]
    assert (found.result, found.to, found.by) == (result, to, by)


@pytest.mark.parametrize(("answered", "result"), [(True, "forwarded"), (False, "missed")])
def test_sent_on_to_a_number_after_ringing_is_missed_where_nobody_answers_there(answered: bool, result: str) -> None:
    call = Script().comes().tell("1", "node", "user:anna").rings("anna").tell("1", "node", "number:+46701740605")
    if answered:
        call.row("BRIDGE_ENTER", "1")
    assert call.ends("1").entries()["anna", "received"].result == result


def test_calls_that_she_makes_but_no_phone_codes() -> None:
    call = (
        Script().starts("1").tell("1", "made", "acme anna app 102", "from-edge").tell("1", "comes", "acme 101 QW5uYQ==")
    )
    call.row("ANSWER", "1").ends("1")
    (found,) = call.entries().values()
    assert (found.direction, found.result, found.number, found.device, found.seconds) == (
        *("made", "answered", "102", "app"),
        1,
    )
    assert Script().starts("1").tell("1", "made", "acme anna app *98", "from-edge").ends("1").entries() == {}
    unanswered = Script().starts("1").tell("1", "made", "acme anna app 102", "from-edge").ends("1").entries()
    assert unanswered["anna", "made"].result == "unanswered"


def test_a_call_is_kept_once_it_has_ended_whatever_is_restarted_or_read_twice(tmp_path: Path) -> None:
    kept: list[tuple[str, list[Entry]]] = []

    def opened() -> Calls:
        return Calls(tmp_path, lambda *_: "", lambda *each: kept.append(each), clock=lambda: T)

    lines = Script().comes().tell("1", "node", "user:anna").rings("anna").ends("1").lines
    calls = opened()
    calls.told(lines[:3])
    calls.close()
    calls = opened()
    calls.told(lines[1:-1])
    assert kept == []
    calls.told(lines[-2:])
    ((slug, (entry,)),) = kept
    assert (slug, entry.user, entry.result) == ("acme", "anna", "missed")
    calls.close()
    opened().told(lines[-1:])
    assert len(kept) == 1, "what has ended is forgotten"


@pytest.mark.parametrize("restarted", [False, True])
def test_who_picks_a_call_up_leaves_her_own_for_it(tmp_path: Path, restarted: bool) -> None:
    kept: dict[str, Entry] = {}
    calls = Calls(tmp_path, lambda *_: "", lambda _, each: kept.update({entry.user: entry for entry in each}))
    call, own = Script().comes().tell("1", "node", "user:anna").rings("anna").starts("2"), Script("core-1.3")
    own.now = call.now
    own.starts("3").tell("3", "made", "acme bo desk *20", "from-edge").row("ANSWER", "3")
    own.tell("3", "takes", "acme anna core-1.1 - bo desk", "pbx.taken")
    call.now = own.now
    lines = [*call.lines, *own.lines]
    calls.told([*lines, *call.ends("2", "1").lines[len(call.lines) - 4 :]])
    assert kept == {}, "she speaks still"
    own.now += 20
    if restarted:
        calls.close()
        calls = Calls(tmp_path, lambda *_: "", lambda _, each: kept.update({entry.user: entry for entry in each}))
    calls.told(own.ends("3").lines[-2:])
    assert (kept["anna"].result, kept["anna"].by) == ("picked-up", "bo")
    assert (kept["bo"].result, kept["bo"].by, kept["bo"].seconds, kept["bo"].number) == ("answered", "anna", 21, CALLER)


def test_a_call_whose_end_asterisk_never_wrote_ends_half_a_day_later(tmp_path: Path) -> None:
    kept: list[list[Entry]] = []
    now = [T]
    calls = Calls(tmp_path, lambda *_: "", lambda _, each: kept.append(each), clock=lambda: now[0])
    calls.told(Script().comes().tell("1", "node", "user:anna").lines)
    calls.sweep()
    assert kept == []
    now[0] += follow.GIVEN_UP + 60
    calls.sweep()
    assert [each.user for each in kept[0]] == ["anna"]


def test_the_log_is_followed_from_its_end(tmp_path: Path) -> None:
    kept: list[str] = []
    file = tmp_path / "calls.csv"
    old, new = Script("core-1.1").comes().tell("1", "node", "user:anna").ends("1"), Script("core-1.9")
    file.write_text("\n".join(old.lines) + "\n")
    reader = Reader(Calls(tmp_path, lambda *_: "", lambda slug, _: kept.append(slug)), tmp_path, file)
    reader.look()
    new.comes().tell("1", "node", "user:anna").ends("1")
    with file.open("a") as stream:
        stream.write("\n".join(new.lines) + "\n")
    reader.look()
    assert kept == ["acme"]


def test_the_message_that_a_channel_left(tmp_path: Path) -> None:
    box = tmp_path / "acme" / "anna" / "INBOX"
    box.mkdir(parents=True)
    for count, channel in enumerate(("PJSIP/edge-1", "PJSIP/edge-2")):
        text = f"[message]\ncallerchan={channel}\norigtime={int(T) + count}\nmsg_id=1790000000-0000000{count}\n"
        (box / f"msg000{count}.txt").write_text(f";\n; Message Information file\n;\n{text}")
    assert messages.left("acme", "anna", "PJSIP/edge-2", T, tmp_path) == "1790000000-00000001"
    assert messages.left("acme", "anna", "PJSIP/edge-1", T + 60, tmp_path) == "", "a channel's name comes again"
    assert messages.left("acme", "bo", "PJSIP/edge-1", T, tmp_path) == ""
