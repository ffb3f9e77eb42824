"""The runner of probes against a small platform written in Python: what it finds, what it blames, what it leaves."""

from __future__ import annotations

import asyncio
import io
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.core import probes as p
from provisioner.core.artifacts import Recipe
from provisioner.core.ports.sip import AgentError, CallState, Registration
from provisioner.pipeline.probing import junit, table
from provisioner.pipeline.probing.cast import Cast, PhoneAccount, Surroundings
from provisioner.pipeline.probing.outcome import Outcome, ProbeResult
from provisioner.pipeline.probing.performance import Bench
from provisioner.pipeline.verify import verify

sys.path.insert(0, str(Path(__file__).parent))

from fake_platform import CALLER, CLOSED, VOICE, WELCOME, FakeAgent, FakeCall, World, said

ANNA, BO, NETWORK = p.Phone("anna"), p.Phone("bo"), p.Network()
EITHER = p.AnyOf((p.Phone("anna", "desk"), BO))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def probe(*steps: p.Step, **facts: object) -> p.Probe:
    values: dict[str, object] = {"id": "one", "title": "A call", "tenant": "klinik", "steps": steps, "seconds": 5.0}
    return p.Probe(**{**values, **facts})  # type: ignore[arg-type]


async def _sound(recipe: Recipe) -> bytes:
    return said(recipe)


def run(world: World, *probes: p.Probe, evidence: Path | None = None, users: str = "anna bo") -> list[ProbeResult]:
    accounts = tuple(
        PhoneAccount("klinik", user, "desk", f"{user}-desk", "klinik.example", f"secret-{user}-desk")
        for user in users.split()
    )

    async def all_of_it() -> tuple[ProbeResult, ...]:
        cast = Cast(world, Surroundings(edge="198.19.0.20", accounts=accounts))
        bench = Bench(
            cast=cast,
            ear=NumpyEar(),
            voice=VOICE,
            core=world,
            sounds=_sound,
            repertoire=lambda tenant: {"klinik": (CLOSED, WELCOME)}[tenant],
            fax=world,
            post=world,
        )
        return await verify(probes, bench, evidence=evidence, now=lambda: NOON)

    return list(asyncio.run(all_of_it()))


TALK = (p.Dials(ANNA, "102"), p.Rings(BO, "anna"), p.Answers(BO))
OUT = (p.Dials(ANNA, "0812"), p.Reaches(NETWORK, "0812", "+46850100100"))

PASSING = {
    "registers": (p.Registers(ANNA), p.Registers(ANNA, wrong_password=True)),
    "rings, answers, talks": (*TALK, p.IsAnswered(ANNA), p.TalkBothWays(ANNA, BO, 0.3), p.HangsUp(ANNA), p.IsEnded(BO)),
    "rejects": (*TALK[:2], p.Rejects(BO), p.IsEnded(ANNA, "486")),
    "welcome, then a key, then the closed prompt": (
        p.Dials(CALLER, "900"), p.Hears(CALLER, WELCOME), p.Presses(CALLER, "1"), p.Hears(CALLER, CLOSED),
        p.Passes(CALLER, ("ivr:main", "queue:nurse")),
    ),
    "outbound": OUT,
    "message": (p.Dials(CALLER, "900"), p.Speaks(CALLER, 0.3), p.MessageLeft("info", CALLER)),
    "unknown number": (p.Dials(ANNA, "999"), p.IsEnded(ANNA, "404")),
    "quiet": (p.Dials(ANNA, "102"), p.StaysQuiet(p.Phone("anna", "desk", "klinik"))),
    "waits": (p.Waits(0.01),),
    "fax": (p.Faxes(CALLER, "+46850100109", 2), p.FaxArrives(CALLER, "office@klinik.example", 2, 0.1)),
    "either rings": (
        p.Dials(ANNA, "102"), p.Rings(EITHER), p.Answers(EITHER), p.TalkBothWays(ANNA, EITHER, 0.3), p.HangsUp(EITHER),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PASSING)
def test_what_works_passes(name: str) -> None:
    world = World()
    (result,) = run(world, probe(*PASSING[name]))
    assert result.outcome is Outcome.PASSED, (result.expected, result.found)
    assert [step.words for step in result.steps] == [str(step) for step in PASSING[name]]
    assert not world.box


FAILING = {
    "accepted with a wrong password": ((p.Registers(ANNA, wrong_password=True),), {"lax": True}, "accepted: 200 OK"),
    "no call": ((p.Rings(BO),), {}, "no call came within 15 s"),
    "neither rings": ((p.Rings(EITHER),), {}, "no call came within 15 s"),
    "caller refused": ((p.Dials(ANNA, "999"), p.Rings(BO)), {}, "the caller's call ended: 404 Not Found"),
    "other caller shown": ((p.Dials(ANNA, "102"), p.Rings(BO, "101")), {}, "it shows anna"),
    "rings though it must not": ((p.Dials(ANNA, "102"), p.StaysQuiet(BO)), {}, "it rings and shows anna"),
    "one-way": (
        (*TALK, p.TalkBothWays(ANNA, BO, 0.3)),
        {"one_way": True},
        "anna does not hear bo (0% at -inf dB)",
    ),
    "other prompt": ((p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1)), {}, "“Welcome”"),
    "other sound": ((*TALK, p.TalkBothWays(ANNA, BO, 0.3), p.Hears(ANNA, WELCOME, 0.1)), {}, "best match"),
    "silence": ((*TALK, p.Hears(ANNA, WELCOME, 0.1)), {}, "no sound came at all"),
    "wrong caller ID": (OUT, {"asserted": "+46850100199"}, "it shows +46850100199"),
    "wrong number": ((OUT[0], p.Reaches(NETWORK, "112")), {}, "called as 0812, showing +46850100100"),
    "says not why": ((OUT[0], p.Reaches(NETWORK, "0812", diverted="+468", why="no-answer")), {}, "it says nothing of"),
    "shown though withheld": ((OUT[0], p.Reaches(NETWORK, "0812", withheld=True)), {}, "+46850100100 is shown"),
    "other way": ((p.Dials(CALLER, "900"), p.Passes(CALLER, ("queue:nurse", "ivr:main"))), {}, "opening → ivr:main"),
    "no message": ((p.Dials(CALLER, "900"), p.Speaks(CALLER, 0.1), p.MessageLeft("info", ANNA)), {}, "said nothing"),
    "nobody answers": ((*TALK[:2], p.IsAnswered(ANNA)), {}, "still ringing"),
    "still up": ((*TALK, p.IsEnded(ANNA)), {}, "still answered"),
    "other status": ((p.Dials(ANNA, "999"), p.IsEnded(ANNA, "486")), {}, "404 Not Found"),
    "fax refused": ((p.Faxes(CALLER, "+46850100108"),), {}, "the fax machine says: the call was not answered"),
    "fax without a mail": (
        (p.Faxes(CALLER, "+46850100109"), p.FaxArrives(CALLER, "bo@klinik.example", 1, 0.1)),
        {},
        "no mail with a PDF",
    ),
    "fax with a page less": (
        (p.Faxes(CALLER, "+46850100109", 2), p.FaxArrives(CALLER, "office@klinik.example", 3, 0.1)),
        {},
        "mails with [2] pages",
    ),
    "in no call": ((p.HangsUp(ANNA),), {}, "anna is in no call"),
    "key ends the call": (
        (p.Dials(CALLER, "900"), p.Presses(CALLER, "9"), p.Hears(CALLER, CLOSED, 0.1)),
        {},
        "the call ended: BYE",
    ),
    "too slow": ((p.Waits(60),), {}, "not done within 5 s"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_does_not_work_fails_with_what_was_found(name: str) -> None:
    steps, facts, found = FAILING[name]
    world = World()
    for key, value in facts.items():
        setattr(world, key, value)
    slow = {"seconds": 0.2} if name == "too slow" else {}
    (result,) = run(world, probe(*steps, **slow))
    assert result.outcome is Outcome.FAILED
    assert found.replace("5 s", "0.2 s") in result.found if slow else found in result.found
    assert result.expected == str(steps[-1])


def test_the_prompt_that_came_instead_is_named_though_no_test_call_waits_for_it() -> None:
    (result,) = run(World(), probe(p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1)))
    assert result.found == "“Welcome”"
    assert result.trail == ("schedule:opening", "ivr:main", "queue:nurse")


def test_a_failure_keeps_recordings_and_logs_and_a_success_nothing(tmp_path: Path) -> None:
    failed, passed = run(
        World(),
        probe(p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1)),
        probe(p.Registers(BO), id="two"),
        evidence=tmp_path,
    )
    assert sorted(Path(path).name for path in failed.kept) == ["line-46701740605.log", "line-46701740605.wav"]
    assert NumpyEar().match((tmp_path / "klinik/one/line-46701740605.wav").read_bytes(), said(WELCOME)).heard
    assert passed.kept == ()
    assert not (tmp_path / "klinik/two").exists()


def test_calls_are_down_when_a_probe_is_over() -> None:
    world = World()
    seen: list[FakeCall] = []
    place = world.place
    world.place = lambda call: (seen.append(call), place(call))[1]  # type: ignore[method-assign]
    run(world, probe(*TALK, p.IsEnded(ANNA)))
    assert [call.state for call in seen] == [CallState.ENDED]


def test_a_message_of_the_probe_is_taken_out_again_even_where_none_was_expected() -> None:
    world = World()
    passes = p.Passes(CALLER, ("ivr:main", "voicemail:info"))
    (result,) = run(world, probe(p.Dials(CALLER, "900"), p.Speaks(CALLER, 0.1), passes, seconds=1.0))
    assert result.outcome is Outcome.FAILED
    assert world.removed == ["new"]


def test_messages_that_lay_there_stay() -> None:
    world = World()
    world.box["old"] = b""
    (result,) = run(world, probe(*PASSING["message"]))
    assert result.outcome is Outcome.PASSED
    assert list(world.box) == ["old"]


def test_the_clock_is_shifted_for_each_time_and_put_right() -> None:
    world = World()
    late, later = NOON + timedelta(hours=8), NOON + timedelta(days=1)
    results = run(
        world,
        probe(p.Waits(0), id="c", at=later),
        probe(p.Waits(0), id="a"),
        probe(p.Waits(0), id="b", at=late),
        probe(p.Rings(BO, within=0.1), id="d", at=late),
    )
    assert world.clock == [8 * 3600, None, 24 * 3600, None]
    assert [result.probe.id for result in results] == ["c", "a", "b", "d"]
    assert [str(result.outcome) for result in results] == ["passed", "passed", "passed", "failed"]


def test_a_core_that_goes_away_costs_no_other_result() -> None:
    class Dies(World):
        async def shift_clock(self, tenant: str, seconds: int | None) -> None:
            if seconds is None:
                raise AgentError("core: connection refused", "pbx lab status")
            await super().shift_clock(tenant, seconds)

    results = run(Dies(), probe(p.Waits(0), id="a"), probe(p.Waits(0), id="b", at=NOON + timedelta(hours=8)))
    assert [str(result.outcome) for result in results] == ["passed", "error"]
    assert results[1].found == "core: connection refused"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        probe(p.Waits(0), at=datetime(2026, 3, 2, 12))  # noqa: DTZ001


def test_probes_that_share_a_telephone_wait_for_each_other() -> None:
    world, order = World(), list[str]()
    register = FakeAgent.registration

    def one(name: str, *steps: p.Step, **facts: object) -> p.Probe:
        return probe(*steps, id=name, **facts)

    async def noted(self: FakeAgent, timeout: float) -> Registration:
        order.append(f"+{self.spec.user}")
        await asyncio.sleep(0.05)
        order.append(f"-{self.spec.user}")
        return await register(self, timeout)

    FakeAgent.registration = noted  # type: ignore[method-assign]
    try:
        run(
            world,
            one("a", p.Registers(ANNA)),
            one("b", p.Registers(p.Phone("anna", "desk"))),
            one("c", p.Registers(BO)),
        )
        apart, order[:] = list(order), []
        run(world, one("a", p.Registers(ANNA)), one("b", p.Registers(BO), may_ring=(ANNA,)))
    finally:
        FakeAgent.registration = register  # type: ignore[method-assign]
    annas = [entry for entry in apart if "anna" in entry]
    assert annas == ["+anna-desk", "-anna-desk"] * 2
    assert apart.index("+bo-desk") < apart.index("-anna-desk")
    assert order == ["+anna-desk", "-anna-desk", "+bo-desk", "-bo-desk"]


def test_all_telephones_start_together() -> None:
    world = World()
    run(world, probe(p.Registers(ANNA)), probe(p.Registers(BO), id="two"))
    assert world.started == [["phone-klinik-anna-desk", "phone-klinik-bo-desk"]]


def test_trouble_with_the_agents_is_an_error_and_no_failure() -> None:
    world = World()
    world.broken = True
    (result,) = run(world, probe(p.Registers(ANNA)))
    assert result.outcome is Outcome.ERROR
    assert result.found == "no machine phones"


def test_a_telephone_without_account_is_an_error_that_names_the_nearest() -> None:
    unknown, fine = run(World(), probe(p.Registers(p.Phone("ana", "desk"))), probe(p.Registers(BO), id="two"))
    assert unknown.outcome is Outcome.ERROR
    assert unknown.found == "no account for telephone klinik:ana:desk; did you mean klinik:anna:desk?"
    assert fine.outcome is Outcome.PASSED


def test_junit_counts_and_explains() -> None:
    results = run(
        World(),
        probe(p.Registers(ANNA), rows=("V3", "S1")),
        probe(p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1), id="two", title="Closed <prompt>"),
        probe(p.Registers(p.Phone("nobody")), id="three"),
    )
    total = ElementTree.fromstring(junit.render(results))
    assert (total.get("tests"), total.get("failures"), total.get("errors")) == ("3", "1", "1")
    first, second, third = total.iter("testcase")
    assert [each.get("value") for each in first.iter("property")] == ["V3", "S1"]
    assert second.get("name") == "two: Closed <prompt>"
    failure = second.find("failure")
    assert failure is not None
    assert "expected: the caller +46701740605 hears “We are closed”" in (failure.text or "")
    assert "call trail: schedule:opening → ivr:main → queue:nurse" in (failure.text or "")
    assert third.find("error") is not None
    assert "NOT MET" in (second.findtext("system-out") or "")


def test_junit_reads_what_it_wrote() -> None:
    results = run(
        World(),
        probe(p.Registers(ANNA)),
        probe(p.Dials(CALLER, "900"), p.Hears(CALLER, CLOSED, 0.1), id="two", title="Closed <prompt>"),
        probe(p.Registers(p.Phone("nobody")), id="three"),
    )
    began = datetime(2027, 1, 31, 12, 0, 5, tzinfo=UTC)
    (suite,) = junit.read(junit.render(results, began)).values()
    assert suite.at == "2027-01-31T12:00:05+00:00"
    assert [each.title for each in suite.failed] == ["two: Closed <prompt>", f"three: {results[2].probe.title}"]
    assert [each.wrong for each in suite.cases] == ["", results[1].found, results[2].found]
    assert junit.read(junit.render(results))["klinik"].at == ""


def test_the_table_shows_every_call_and_explains_the_red_ones() -> None:
    from rich.console import Console

    results = run(
        World(),
        probe(p.Registers(ANNA), title="Anna's telephone registers [1]", rows=("S1",)),
        probe(p.Dials(ANNA, "999"), p.Rings(BO), id="two", title="Colleagues reach each other"),
    )
    out = io.StringIO()
    Console(file=out, width=100).print(table.render(results))
    text = out.getvalue()
    assert "✔ passed" in text
    assert "Anna's telephone registers [1]" in text
    assert "expected: bo rings" in text
    assert "404 Not Found" in text
    assert table.summary(results).startswith("1 passed, 1 failed (")
    assert table.summary([]).startswith("no probes")
