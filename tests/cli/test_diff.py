"""`pbx diff` over half a year of a tenant: an auditor's questions, every format, and what people type wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from provisioner.adapters.git import GitRevisions
from provisioner.cli.main import run
from provisioner.core.ports.revisions import Revision
from tests.a_tenants_life import STEPS, git

EXPECTED = Path(__file__).parent / "expected" / "diff"
YEAR = ("--year", "2026")
MAIN = "+46846500400"

Pbx = Callable[..., str]


@pytest.fixture
def pbx(capsys: pytest.CaptureFixture[str]) -> Pbx:
    def called(folder: Path, *words: str, code: int = 2) -> str:
        assert run(["diff", *words, "--folder", str(folder)]) == code
        return capsys.readouterr().out

    return called


QUESTIONS = [
    ("Whom does the main number reach on Friday afternoons since January?", "c1..c2",
     f"~ {MAIN} Fri 15:00–17:00: voicemail:info instead of ring_group:desk (rings anna, bo)"),
    ("What did Cecilia's number and plan add to the invoice?", "c2..c3",
     "~ a month costs SEK 139.00 more, 912.00 instead of 773.00: user cecilia +129.00, +46846500411 +10.00"),
    ("Did tidying up change anything?", "c3..c4", None),
    ("What do callers meet since there is a menu, and whom do they get?", "c4..c5",
     f"~ {MAIN} Mon–Thu 08:00–17:00: ivr:main (behind it anna, bo, cecilia) instead of ring_group:desk"),
    ("Which number moved to whom?", "c5..c6", "~ callers of +46846500411 go to user:bo instead of user:cecilia"),
    ("Who could no longer be reached at her number then?", "c5..c6",
     "- cecilia can no longer be reached by callers of +46846500411"),
    ("On which days of summer did nobody answer?", "c6..c7",
     f"~ {MAIN} Mon–Thu 2026-07-06…2026-07-30 08:00–17:00: voicemail:info instead of ivr:main"),
    ("Is the reception the old desk?", "c7..c8", "~ the ring group desk is called reception now"),
    ("Who lost which right?", "c8..c9", "- bo may no longer listen to the mailbox info"),
    ("Who may no longer call abroad?", "c8..c9",
     "- cecilia may no longer call mobile phones of the country, call other countries"),
    ("What did Anna's plan cost?", "c9..c10",
     "~ a month costs SEK 60.00 more, 972.00 instead of 912.00: user anna +60.00"),
    ("To which company did 420 go?", "c10..c11", "! +46846500420 moves to the tenant beta"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "revisions", "answer"), QUESTIONS, ids=[each[0] for each in QUESTIONS])
def test_an_auditors_questions(question: str, revisions: str, answer: str | None, life: Path, pbx: Pbx) -> None:
    assert question
    told = pbx(life, revisions, *YEAR, code=2 if answer else 0)
    lines = [line.strip() for line in told.splitlines()]
    if answer is None:
        assert lines[-1] == "nothing that callers, users or the invoice would notice differs"
    else:
        assert any(line.startswith(answer) for line in lines), told


def test_the_guide_shows_what_comes_out(life: Path, pbx: Pbx) -> None:
    guide = (Path(__file__).parents[2] / "docs/guides/changes.md").read_text(encoding="utf-8")
    assert f"$ pbx diff c1..c2 --year 2026\n{pbx(life, 'c1..c2', *YEAR)}```" in guide


def test_who_closed_early_on_fridays_and_when(life: Path, pbx: Pbx) -> None:
    blocks = pbx(life, "c1..c12", "acme", "--commits", *YEAR).split("\n\n")
    heads = [each for each in blocks if " by " in each.partition("\n")[0]]
    assert len(heads) == len(STEPS) - 2  # tidying up changed nothing, and the first is where it begins
    (block,) = (after for head, after in pairwise(blocks) if "Close early on Fridays" in head)
    assert "office is open on fri 08:00-15:00 instead of 08:00-17:00" in block
    assert heads[0] == "1781fd686f of 2026-01-12 10:00 by Bo Ek <bo@nordtel.example>: Close early on Fridays"


def test_a_rename_moves_no_call(life: Path, pbx: Pbx) -> None:
    (tenant,) = _document(pbx(life, "c7..c8", *YEAR, "--format", "json"))["tenants"]
    assert [row["text"] for row in tenant["rows"]] == ["the ring group desk is called reception now"]


def test_days_as_revisions(life: Path, pbx: Pbx) -> None:
    comparison = _document(pbx(life, "2026-01-11..2026-02-15", *YEAR, "--format", "json"))
    assert (comparison["old"]["subject"], comparison["new"]["subject"]) == ("Acme begins", "Tidy up")


def test_where_two_part(own: Path, pbx: Pbx) -> None:
    git(own, "switch", "-q", "-c", "side", "c2")
    _edit(own, "extension: 101", "extension: 111")
    git(own, "commit", "-q", "-am", "Another extension")
    told = pbx(own, "main...side", *YEAR)
    assert "anna is dialled as 111 instead of 101" in told
    assert "cecilia" not in told


def test_files_as_they_are_now(own: Path, pbx: Pbx) -> None:
    pbx(own, code=0)
    _edit(own, "ring_time: 20s", "ring_time: 40s")
    told = pbx(own, *YEAR)
    assert "the group reception rings for 40s instead of 20s" in told
    assert "to the files as they are now" in told
    assert "Bo leaves" not in pbx(own, "c12", "--commits", *YEAR)  # what is not committed comes last, alone here


@pytest.mark.parametrize("form", ["text", "markdown", "html", "csv", "json"])
def test_every_format(form: str, life: Path, pbx: Pbx) -> None:
    told = pbx(life, "c1..c12", "--calendar", *YEAR, "--format", form)
    file = EXPECTED / f"life.{form}"
    if os.environ.get("PBX_ACCEPT"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


def test_html_is_whole_and_needs_nothing_else(life: Path, pbx: Pbx) -> None:
    page = pbx(life, "c1..c12", "--calendar", *YEAR, "--format", "html")
    reader = _Balanced()
    reader.feed(page)
    assert reader.open == []
    assert reader.addresses == []
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) == 4
    for picture in pictures:
        assert ElementTree.fromstring(picture).get("role") == "img"


def test_markdown_is_lists_under_headings(life: Path, pbx: Pbx) -> None:
    tokens = MarkdownIt().parse(pbx(life, "c1..c12", *YEAR, "--format", "markdown"))
    headings = [each.content for at, each in enumerate(tokens) if tokens[at - 1].type == "heading_open"]
    assert headings == ["acme: Acme AB", "beta: Beta AB"]
    items = [each for each in tokens if each.type == "list_item_open"]
    rows = [row for tenant in _tenants(pbx(life, "c1..c12", *YEAR, "--format", "json")) for row in tenant["rows"]]
    assert len(items) == len(rows)
    assert not [each for each in tokens if each.type.startswith("html")]


def test_csv_has_a_row_for_each_difference(life: Path, pbx: Pbx) -> None:
    rows = list(csv.DictReader(io.StringIO(pbx(life, "c1..c12", *YEAR, "--format", "csv"))))
    documents = _tenants(pbx(life, "c1..c12", *YEAR, "--format", "json"))
    assert [row["text"] for row in rows] == [row["text"] for tenant in documents for row in tenant["rows"]]
    assert {row["kind"] for row in rows} == {"added", "removed", "changed"}


def test_nothing_in_a_cell_is_computed(own: Path, pbx: Pbx) -> None:
    _edit(own, "name: Acme AB", 'name: "=1+1"')
    (row,) = csv.DictReader(io.StringIO(pbx(own, "--format", "csv")))
    assert row["text"] == "name changes: “Acme AB” → =1+1"
    _edit(own, "anna:\n    {name: Anna Berg", 'anna:\n    {name: "<script>"')
    assert "<script>" not in pbx(own, "--format", "html")


def test_a_year_as_json_has_a_letter_for_each_day(life: Path, pbx: Pbx) -> None:
    (tenant,) = _tenants(pbx(life, "c6..c7", "--calendar", *YEAR, "--format", "json"))
    (calendar,) = tenant["calendars"]
    assert calendar["number"] == MAIN
    assert len(calendar["before"]) == len(calendar["after"]) == 365
    differing = [at for at in range(365) if calendar["before"][at] != calendar["after"][at]]
    assert (len(differing), differing[0]) == (20, 186)  # the working days from 6 July on
    (closed,) = {calendar["after"][at] for at in differing}
    (stretch,) = calendar["days"][closed]
    assert (stretch["from"], stretch["to"], stretch["destination"]) == ("00:00", "24:00", "voicemail:info")


def test_a_tenant_under_another_name(own: Path, pbx: Pbx) -> None:
    git(own, "mv", "tenants/acme.yaml", "tenants/acme-ab.yaml")
    (tenant,) = _tenants(pbx(own, "--format", "json"))
    assert tenant["tenant"] == "acme-ab"
    (row,) = tenant["rows"]
    assert row["text"].startswith("the tenant acme is called acme-ab now; what users set")
    assert row["dangerous"]


def test_files_of_a_tenant_taken_apart_mean_the_same(own: Path, pbx: Pbx) -> None:
    text = (own / "tenants/acme.yaml").read_text()
    head, _, users = text.partition("\nusers:\n")
    (own / "tenants/acme").mkdir()
    (own / "tenants/acme/users.yaml").write_text("users:\n" + users)
    (own / "tenants/acme/rest.yaml").write_text(head)
    (own / "tenants/acme.yaml").unlink()
    assert _tenants(pbx(own, "--format", "json", code=0)) == []


def test_another_price_is_told_of_every_tenant(own: Path, pbx: Pbx) -> None:
    file = own / "provider.yaml"
    file.write_text(file.read_text().replace("price: 495", "price: 500"))
    provider, *tenants = _tenants(pbx(own, "--format", "json"))
    assert [row["text"] for row in provider["rows"]] == ["catalogue.base.price changes: 495 → 500"]
    assert [(each["tenant"], [row["part"] for row in each["rows"]]) for each in tenants] == [
        ("acme", ["cost"]),
        ("beta", ["cost"]),
    ]


def test_a_calendar_file_that_holds_other_days(own: Path, pbx: Pbx) -> None:
    calendar = own / "closed.ics"
    calendar.write_text(_closed("20260105"))
    _edit(own, "    open: ivr:main", "    calendar: closed.ics\n    open: ivr:main")
    git(own, "add", ".")
    git(own, "commit", "-q", "-m", "Calendar")
    calendar.write_text(_closed("20260106"))
    told = pbx(own, *YEAR)
    assert "the calendar file closed.ics holds other days" in told
    assert f"{MAIN} 2026-01-05 08:00–17:00: ivr:main" in told
    assert f"{MAIN} 2026-01-06 08:00–17:00: voicemail:info" in told


def test_a_revision_with_mistakes_is_compared_as_far_as_it_goes(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _edit(own, "extension: 103", "extension: three")
    assert run(["diff", "--folder", str(own)]) == 2
    shown = capsys.readouterr()
    assert "acme at the files as they are now has 1 mistake: it is compared as far as it is understood" in shown.err
    assert "cecilia is dialled as three instead of 103" in shown.out


def test_only_files_that_differ_are_read(life: Path, monkeypatch: pytest.MonkeyPatch, pbx: Pbx) -> None:
    asked: list[str] = []
    real = GitRevisions.files

    def files(self: GitRevisions, revision: Revision, below: Any) -> Any:
        found = real(self, revision, below)
        asked.extend(found)
        return found

    monkeypatch.setattr(GitRevisions, "files", files)
    pbx(life, "c11..c12", *YEAR)
    assert set(asked) == {"provider.yaml", "tenants/acme.yaml"}


def test_a_revision_that_cannot_be_read_is_said_and_left_out(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "tenants/acme.yaml").write_text("name: [")
    assert run(["diff", "--folder", str(own)]) == 0
    shown = capsys.readouterr()
    assert "acme at the files as they are now cannot be read: nothing is said of it" in shown.err
    assert "taken away" not in shown.out


def test_without_the_providers_file_nothing_is_said_of_money(own: Path, pbx: Pbx) -> None:
    (own / "provider.yaml").write_text("")
    tenants = _tenants(pbx(own, "--format", "json"))
    assert not [row for tenant in tenants for row in tenant["rows"] if row["part"] == "cost"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["c1", "c12"], "what now: it is a revision: write c1..c12"),
        (["c13..c12"], "no revision 'c13'"),
        (["c1..c12", "acmee"], "no tenant 'acmee' at either revision"),
        (["c1..c12", "--year", "1999"], "greater than or equal to 2024"),
    ],
)
def test_what_is_typed_wrong(words: list[str], said: str, life: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", *words, "--folder", str(life)]) == 64
    assert said in capsys.readouterr().err


def test_nothing_heavy_is_imported(life: Path) -> None:
    program = (
        "import sys; from provisioner.cli.main import run; run(sys.argv[1:]); "
        "print(sorted({'graphlay', 'pulumi', 'ansible', 'numpy', 'av', 'jinja2', 'ruamel'} & set(sys.modules)))"
    )
    words = ["diff", "c1..c12", "--format", "html", "--folder", str(life)]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


class _Balanced(HTMLParser):
    """Notes tags that nobody closes, and addresses of other places."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _edit(folder: Path, old: str, new: str) -> None:
    file = folder / "tenants/acme.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def _document(told: str) -> dict[str, Any]:
    (comparison,) = json.loads(told)["comparisons"]
    return dict(comparison)


def _tenants(told: str) -> list[dict[str, Any]]:
    return list(_document(told)["tenants"])


def _closed(day: str) -> str:
    return (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\nBEGIN:VEVENT\nUID:1\n"
        f"DTSTART;VALUE=DATE:{day}\nSUMMARY:Closed\nEND:VEVENT\nEND:VCALENDAR\n"
    )
