"""An Asterisk's configuration as a tenant: what it becomes, what is told, and that no text breaks the reader."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.pipeline.importing.asterisk import conf, dialplan, expressions, files, read, times
from provisioner.pipeline.importing.company import Company
from provisioner.pipeline.importing.written import Header, written
from provisioner.pipeline.load import load
from provisioner.pipeline.tracing.question import Side, side_of
from provisioner.pipeline.validate import validate

OFFICE = Path(__file__).parent / "office"
FEATURES = Path(__file__).parents[2] / "features"
COUNTRY = "SE"
HEADER = Header("Acme", "acme.example", "Europe/Stockholm", "sv", COUNTRY, "Storgatan 1", "111 22", "Ort")


def side_of_office(made: Company, root: Path) -> Side:
    """The company as a tenant that has bought what it uses."""
    (root / "tenants").mkdir(parents=True)
    shutil.copy(FEATURES / "provider.yaml", root)
    text = written(made, HEADER, "office") + "add_ons: {conferences: {}}\n"
    (root / "tenants/acme.yaml").write_text(text, encoding="utf-8")
    return side_of(validate(load(root)))


def made_of(extensions: str, queues: str = "", voicemail: str = "") -> Company:
    held = {"extensions.conf": extensions, "queues.conf": queues, "voicemail.conf": voicemail}
    return read.company(lambda name: held[name].encode() if name in held else None, COUNTRY, "business", lambda _: "")


def test_the_office_is_what_is_stored_and_valid(tmp_path: Path) -> None:
    made = read.company(files.within(OFFICE), COUNTRY, "business", lambda _: "")
    assert written(made, HEADER, "office") == (OFFICE / "expected.yaml").read_text(encoding="utf-8")
    assert made.left == (OFFICE / "left.txt").read_text(encoding="utf-8").splitlines()
    side_of_office(made, tmp_path)


USER = "exten => 101,1,Dial(PJSIP/anna,20)\n"


@pytest.mark.parametrize(
    ("extensions", "told"),
    [
        ("[a]\nexten => 101,1,Gosub(x,s,1)\n", "extensions.conf:2: gosub(x,s,1) is not carried over"),
        ("[a]\nexten => 101,1,Goto(b,s,1)\n", "extensions.conf:2: Goto(b,s,1) leads nowhere that is known"),
        ("[a]\nexten => 101,1,Goto(101,1)\n", "extensions.conf:2: calls go round here for ever"),
        (
            "[a]\nexten => 101,1,GotoIf($[${X} = 1]?2)\nsame => n,Busy()\n",
            "extensions.conf:2: whether $[${X} = 1] holds",
        ),
        ("[a]\nexten => 101,1,GotoIfTime(9:00-10:00,mon,1,jan?2)\nsame => n,Busy()\n", "have no form in a schedule"),
        ("[a]\nexten => 101,1,Queue(gone)\n", "extensions.conf:2: queues.conf has no queue 'gone'"),
        (
            "[a]\nexten => 99999999999999999,1,Busy()\n",
            "extensions.conf:2: 99999999999999999 is neither an extension nor a public number",
        ),
        (f"[a]\n{USER}[b]\nexten => 101,1,Busy()\n", "extensions.conf:4: 101 is a user's extension in another context"),
        ("[a]\nexten => 101,1,Busy()\n", "extensions.conf:2: extension 101 leads to hangup:busy"),
        ("[a]\nexten => 101/46,1,Busy()\n", "extensions.conf:2: 101/46, '1,Busy()' is not understood"),
        ("[a]\nexten 101\n", "extensions.conf:2: 'exten 101' is no setting"),
        ("[a]\nswitch => Realtime\n", "extensions.conf:2: switch => Realtime is not carried over"),
        ("[a]\ninclude => b,9:00-17:00,mon-fri,*,*\n", "extensions.conf:2: b is included at all times"),
        ("[a](lost)\n", "extensions.conf:1: there is no template 'lost'"),
        ("#include lost.conf\n", "extensions.conf:1: there is no file lost.conf"),
        ("#include extensions.conf\n", "extensions.conf:1: extensions.conf includes itself"),
        ("#exec /bin/true\n", "extensions.conf:1: #exec /bin/true is not carried out"),
        ("[a]\nexten => orphan,1,Busy()\n", "extensions.conf:2: no number and no extension leads here (a, orphan)"),
        (f"[a]\n{USER}exten => 102,1,Dial(PJSIP/anna,20,g)\n", "extensions.conf:3: Dial's option g"),
        (f"[a]\n{USER}exten => 102,1,VoiceMail(77)\n", "nothing says who may listen to mailbox 77"),
    ],
)
def test_what_has_no_place_is_told_with_its_line(extensions: str, told: str) -> None:
    assert any(told in each for each in made_of(extensions).left), made_of(extensions).left


def test_menus_lead_to_extensions_that_there_are() -> None:
    menu = "exten => s,1,Background(hi)\nsame => n,WaitExten(5)\nexten => 1,1,Busy()\n"
    made = made_of(f"[a]\nexten => 300,1,Goto(s,1)\n{menu}exten => 201,1,Dial(PJSIP/x,9)\nexten => 202,1,Busy()\n")
    (found,) = made.sections["ivr"].values()
    assert found.fields["dial"] == {"extensions": ["201", "300"]}
    assert "extensions.conf:3: 202 cannot be keyed in at ivr:ivr-a, for nothing has them here" in made.left


def test_nothing_is_told_of_what_is_carried_over() -> None:
    assert made_of(f"[a]\n{USER}", voicemail="[default]\n101 => 1,Anna").left == []


@pytest.mark.parametrize(
    ("times_", "weekly"),
    [
        ("09:00-17:00,mon-fri,*,*", {"mon-fri": "09:00-17:01"}),  # Asterisk counts the minute of the end
        ("09:00-16:59,mon-fri", {"mon-fri": "09:00-17:00"}),
        ("*,fri-mon", {"mon": "00:00-24:00", "fri-sun": "00:00-24:00"}),
        ("22:00-05:59,mon", {"mon": ["00:00-06:00", "22:00-24:00"]}),
        ("12:00,*", {"mon-sun": "12:00-12:01"}),
    ],
)
def test_hours(times_: str, weekly: dict[str, object]) -> None:
    found = times.parse(times_.split(","))
    assert found
    assert times.weekly([found]) == weekly


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("*,*,24-26,dec", ("12-24..12-26",)),
        ("*,*,*,jun-jul", ("06-01..06-30", "07-01..07-31")),
        ("*,*,30,jan-mar", ("01-30", "03-30")),
        ("*,mon,1,jan", None),
        ("9:00-25:00", None),
        ("*,caturday", None),
        ("*,*,32,*", None),
    ],
)
def test_days_of_the_year(text: str, spans: tuple[str, ...] | None) -> None:
    found = times.parse(text.split(","))
    assert (found.spans if found else None) == spans


@pytest.mark.parametrize(
    ("pattern", "digits", "fits"),
    [
        ("101", "101", True),
        ("_1XX", "199", True),
        ("_1XX", "1990", False),
        ("_[2-4]Z.", "310", True),
        ("_[2-4]Z.", "300", False),
        ("_0!", "0", True),
        ("_s-.", "s-BUSY", True),  # hyphens are only for the eye
    ],
)
def test_patterns(pattern: str, digits: str, fits: bool) -> None:
    assert dialplan.fits(pattern, digits) is fits


def test_the_more_exact_pattern_goes_first() -> None:
    plan = dialplan.read(
        conf.read(lambda _: b"[a]\nexten => _X.,1,Busy()\nexten => _1XX,1,NoOp()\nexten => 101,1,Hangup()\n", "f", []),
        [],
    )
    found = [[each.name for each in plan.fitting("a", digits)] for digits in ("101", "102", "55")]
    assert found == [["101", "_1XX", "_X."], ["_1XX", "_X."], ["_X."]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${EXTEN:1}", "0123"),
        ("${EXTEN:-2}", "23"),
        ("${EXTEN:1:2}", "01"),
        ("${LOST}", "${LOST}"),
        ('${IF($["${S}" = "BUSY"]?b:u)}', "b"),
        ('${IF($["${LOST}" = "BUSY"]?b:u)}', '${IF($["${LOST}" = "BUSY"]?b:u)}'),
    ],
)
def test_variables(text: str, said: str) -> None:
    assert expressions.said(text, {"EXTEN": "90123"[0:1] + "0123", "S": "BUSY"}) == said


def test_a_sound_that_is_there_is_the_prompt(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio/hello.wav").write_bytes(b"")
    sound = files.sounds(tmp_path / "audio", tmp_path)
    assert sound("hello") == "audio/hello.wav"
    assert sound("../../hello") == ""
    assert sound("lost") == ""


WORDS = st.sampled_from(
    ("[a]", "exten => ", "same => n,", "101", "_1XX", "s", ",1,", ",n,", "Dial(", "Goto(", "GotoIfTime(",
     "Background(", "WaitExten(", "Queue(q", "VoiceMail(", "Playback(", ")", "${EXTEN}", "$[", "?", ":", ",", "PJSIP/x",
     "\n", "\n", "\n", "_[", "]", "include => a", "*,mon", "0850100100", "#include extensions.conf", ";--", "--;",
     "(!)", "é", "hint")
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(WORDS, max_size=40).map("".join), st.text(max_size=60))
def test_any_text_is_a_configuration_or_told(extensions: str, other: str) -> None:
    made = made_of(extensions, f"[q]\nmember => PJSIP/x\n{other}", f"[default]\n101 => 1,X\n{other}")
    assert written(made, HEADER, "x")


def test_a_great_dialplan_takes_seconds() -> None:
    users = "".join(f"exten => {n},1,Dial(PJSIP/u{n},20)\nsame => n,VoiceMail({n})\n" for n in range(10_000, 14_000))
    dots = "".join(f"exten => _{'.' * n},1,Busy()\n" for n in range(1, 60))
    begun = time.process_time()
    made = made_of(
        f"[a]\n{users}{dots}", voicemail="[default]\n" + "".join(f"{n} => 1\n" for n in range(20_000, 24_000))
    )
    assert len(made.people) == 4000
    assert time.process_time() - begun < 10


def test_a_long_way_ends() -> None:
    steps = "".join(f"exten => s,{n},Playback(p{n})\n" for n in range(1, 1000))
    made = made_of(f"[a]\nexten => 101,1,Goto(s,1)\n{steps}")
    assert any("calls go on too long" in each for each in made.left)
