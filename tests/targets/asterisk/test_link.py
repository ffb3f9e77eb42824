"""What the link step finds, each rule with its nearest neighbour that is right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from provisioner.core.notices import Words
from provisioner.targets.asterisk import link
from provisioner.targets.asterisk.objects import (
    AsteriskObject,
    Include,
    Mailbox,
    MusicClass,
    Notice,
    Queue,
    Route,
    Step,
)

sys.path.insert(0, str(Path(__file__).parent))

import clinic

HOME = (
    Route("k.a", "s", (Step("Hangup"),)),
    Route("k.in", "_X.", (Step("Hangup"),)),
    Route("k.each", "anna", (Step("NoOp"),)),
    Route("k.each", "_[a-z]!", (Step("Hangup"),), first=2),
    Include("k.out", "k.in"),
    Queue("k.q", ()),
    Mailbox("k", "box", "Box"),
    MusicClass("k.m", ()),
    Notice("k.told", Words("", "", ""), "K", "sv", "UTC"),
)


def found(*objects: AsteriskObject) -> list[tuple[str, str]]:
    return [(each.rule.code, each.message) for each in link.check((*HOME, *objects))]


def step(application: str, arguments: str) -> Route:
    return Route("k.test", "s", (Step(application, arguments, source=("here",)),))


@pytest.mark.parametrize(
    ("application", "right", "wrong"),
    [
        ("Goto", "k.a,s,1", "k.b,s,1"),
        ("Goto", "k.a,s,1", "k.a,t,1"),
        ("Goto", "k.out,12,1", "k.out2,12,1"),
        ("Goto", "k.each,anna,1", "k.each,bo,1"),
        ("Goto", "s,1", "x,1"),
        ("Goto", "ask", "x,1"),
        ("Goto", "k.${EXTEN},s,1", "k.c,${EXTEN},1"),
        ("GotoIf", "$[${A} = 1]?k.a,s,1", "$[${A} = 1]?k.b,s,1"),
        ("GotoIf", "$[${A} = 1]?k.a,s,1:k.in,5,1", "$[${A} = 1]?k.a,s,1:k.no,5,1"),
        ("Gosub", "pbx.line,rings,1(k.anna)", "pbx.lime,rings,1(k.anna)"),
        ("Dial", "Local/1@k.out/n&Local/s@k.a/n,20", "Local/1@k.out/n&Local/s@k.b/n,20"),
        ("Dial", "PJSIP/x@y,20,b(pbx.to-edge^user^1(k))", "PJSIP/x@y,20,b(pbx.to-egde^user^1(k))"),
        ("Queue", "k.q,tn", "k.r,tn"),
        ("VoiceMail", "box@k,u", "box@l,u"),
        ("MusicOnHold", "k.m", "k.n"),
        ("QueueLog", "pbx.notices,${CHANNEL(uniqueid)},k,k.told,caller=1", "pbx.notices,${CHANNEL(uniqueid)},k,k.tld,"),
        ("ExecIf", "$[1]?QueueLog(pbx.notices,1,k,k.told,x=1)", "$[1]?QueueLog(pbx.notices,1,k,k.tld,x=1)"),
    ],
)
def test_names_used(application: str, right: str, wrong: str) -> None:
    assert found(step(application, right)) == []
    assert [code for code, _ in found(step(application, wrong))] == ["K101"]


def test_nearest_name_is_offered() -> None:
    (finding,) = link.check((*HOME, Queue("k.support", ()), step("Queue", "k.suport")))
    assert (finding.path, finding.nearest) == (("here",), "k.support")


def test_music_of_a_queue() -> None:
    def queue(music: str) -> Queue:
        return Queue("k.x", (("musicclass", music),), ("queues", "x"))

    assert found(queue("k.m")) == []
    assert [message for _, message in found(queue("k.y"))] == ["music class k.y is never defined"]


@pytest.mark.parametrize(("length", "codes"), [(79, []), (80, ["K103"])])
def test_length_of_a_context(length: int, codes: list[str]) -> None:
    assert [code for code, _ in found(Route("k" * length, "s", (Step("Hangup"),)))] == codes


@pytest.mark.parametrize(("length", "codes"), [(8000, []), (8001, ["K103"])])
def test_length_of_a_line(length: int, codes: list[str]) -> None:
    assert [code for code, _ in found(step("NoOp", "x" * length))] == codes


def test_hyphens_fold_extensions_together() -> None:
    twins = [Route("k.ring", name, (Step("Hangup"),), ("users", name)) for name in ("anna-lisa", "annalisa")]
    assert [code for code, _ in found(*twins)] == ["K102"]
    assert found(twins[0]) == []


@pytest.mark.parametrize("application", ["System", "EAGI", "ExternalIVR", "Dail"])
def test_application_that_is_not_loaded(application: str) -> None:
    assert [code for code, _ in found(step(application, ""))] == ["K104"]


@pytest.mark.parametrize(
    ("program", "codes"),
    [
        ("/usr/local/libexec/pbx/recorded_prompts.py,drop,/a.wav", []),
        ("/usr/local/libexec/pbx/recorded_prompts.py.sh", ["K105"]),
        ("${PBX_PROGRAM},drop", ["K105"]),
        ("/bin/sh,-c,id", ["K105"]),
    ],
)
def test_only_the_platforms_programs_are_started(program: str, codes: list[str]) -> None:
    assert [code for code, _ in found(step("AGI", program))] == codes


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ("/a.sln,b,/usr/local/libexec/pbx/recordings.py keep ^{MIXMONITOR_FILENAME}", []),
        ("/a.sln,b", ["K105"]),  # it would never be sealed
        ("/a.sln,b,/bin/sh -c id", ["K105"]),
        ("/a.sln,b,/usr/local/libexec/pbx/recordings.py keep ${CALLERID(num)}", ["K105"]),
    ],
)
def test_only_the_platforms_program_takes_a_recording(arguments: str, codes: list[str]) -> None:
    assert [code for code, _ in found(step("MixMonitor", arguments))] == codes


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ("PBX_DAY=CONFBRIDGE(bridge,record_command)=/bin/sh", []),  # the value of another variable
        ("CONFBRIDGE(bridge,record_command)=/usr/local/libexec/pbx/recordings.py keep ^{MIXMONITOR_FILENAME}", []),
        ("CONFBRIDGE(bridge,record_command)=/bin/sh -c id", ["K105"]),
        ("CONFBRIDGE(bridge,record_command)=", ["K105"]),  # it would never be sealed
    ],
)
def test_only_the_platforms_program_takes_a_recorded_conference(arguments: str, codes: list[str]) -> None:
    assert [code for code, _ in found(step("Set", arguments))] == codes


def test_a_whole_tenant_links() -> None:
    assert list(link.check(clinic.objects())) == []
