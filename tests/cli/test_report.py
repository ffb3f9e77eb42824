"""`pbx report`: what the pages tell; nothing of anybody's words becomes markup; equal input gives equal bytes."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from provisioner.adapters.audit import FileAuditLog
from provisioner.cli import pages
from provisioner.cli.main import run
from provisioner.cli.pages import words
from provisioner.cli.pages.tenant import CHARGED
from provisioner.core.audit import Entry, Origin, Result
from provisioner.core.findings import Severity
from provisioner.core.permissions import CallPermission
from provisioner.core.refs import DESTINATION_KINDS, HANGUPS
from provisioner.features.numbers import flows as number_flows
from provisioner.features.numbers.model import Kind
from provisioner.features.users.devices import DeviceKind
from provisioner.pipeline.invoicing import standing
from provisioner.pipeline.load import load
from provisioner.pipeline.reporting import charges
from provisioner.pipeline.validate import validate
from provisioner.tenant import FEATURES
from tests.a_tenants_life import STEPS, git

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGES = Path(pages.__file__).parent
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"&{{ 7 * 7 }}"

Report = Callable[..., str]


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def each(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [found[name] for _, found in self.elements if name in found]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    # It finds results where it is called: those of other tests' calls lie in the project's folder.
    monkeypatch.chdir(tmp_path)

    def called(folder: Path, *words: str, code: int = 0) -> str:
        assert run(["report", *words, "--year", "2026", "--folder", str(folder)]) == code
        return capsys.readouterr().out

    return called


def record(folder: Path, **facts: object) -> None:
    entry = Entry("2026-06-15T09:00:00.000+00:00", "r1", "apply", "0.1.0", "lab", Origin("bo", "noc1"), "plan")
    known = {"stack": "lab.tenant.acme", "tenant": "acme", "result": Result.APPLIED, **facts}
    FileAuditLog(folder / ".pbx/audit/lab.jsonl").append([replace(entry, **known)])  # type: ignore[arg-type]


def results(file: Path, wrong: str = "") -> Path:
    told = f'<failure message="{wrong}"/>' if wrong else ""
    file.write_text(
        '<testsuites><testsuite name="acme" timestamp="2026-06-15T10:00:00+00:00">'
        f'<testcase name="numbers.main: it rings" time="3.25">{told}</testcase>'
        '<testcase name="ivr.main.1: key 1" time="1"/></testsuite></testsuites>',
        encoding="utf-8",
    )
    return file


def test_a_page_tells_of_calls_people_money_days_and_history(own: Path, tmp_path: Path, report: Report) -> None:
    record(own, changed=("! bo can no longer be reached",), allowed=("users",), reason="Bo has left")
    told = report(own, "acme", "--verified", str(results(tmp_path / "v.xml", "heard nothing")))
    page = Page(told)
    for words_of in (
        "as of 2026-06-15 10:00, commit", "by Anna Berg",  # the stamp
        "+46846500411", "Cecilia Dahl", "main (menu); behind it Anna Berg, Cecilia Dahl",  # numbers
        "attempts used up", "reception (ring group)",  # ways
        "833.00 SEK",  # a month
        "Mo 2026-07-06 – Fr 2026-07-31", "closed all day",  # days
        "Bo leaves", "! the user bo is gone, with telephones and mailbox",  # Git
        "bo@noc1", "! bo can no longer be reached", "allowed users", "because: Bo has left",  # the record
        "1 of 2 test calls failed.", "heard nothing", "2026-06-15 10:00 (UTC)",  # test calls
    ):  # fmt: skip
        assert words_of in page.text, words_of
    assert Counter(page.each("id")).most_common(1)[0][1] == 1
    assert {each[1:] for each in page.each("href")} <= set(page.each("id"))


def test_a_page_tells_who_did_what_of_a_tenants_life(life: Path, report: Report) -> None:
    text = re.sub(r"\s+", " ", Page(report(life, "acme")).text)
    told = [text.find(f"{step.day} 10:00 · {step.author}, ") for step in reversed(STEPS)]
    assert told == sorted(told)  # newest first
    assert told[0] > 0
    for step, meant in zip(
        STEPS[1:],
        (
            "office is open on fri 08:00-15:00 instead of 08:00-17:00",
            "a month costs SEK 139.00 more",
            "nothing that callers, users or the invoice would notice",
            "while office is open callers reach ivr:main instead of ring_group:desk",
            "callers of +46846500411 go to user:bo instead of user:cecilia",
            "office has vacations",
            "the ring group desk is called reception now",
            "bo may no longer listen to the mailbox info",
            "anna moves from the plan professional to business",
            "! +46846500420 moves to the tenant beta",
            "! the user bo is gone, with telephones and mailbox",
        ),
        strict=True,
    ):
        begin = text.index(step.subject)
        assert meant in text[begin : begin + 600], step.subject


def test_a_page_in_swedish(own: Path, tmp_path: Path, report: Report) -> None:
    told = report(own, "acme", "--language", "sv", "--verified", str(results(tmp_path / "v.xml")))
    page = Page(told)
    assert ("html", {"lang": "sv"}) in page.elements
    for words_of in (
        "Samtalsväg",
        "knapp 1",
        "ringgrupp · ankn. 900",
        "833,00 SEK",
        "Alla 2 provsamtal godkända.",
        "juli",
    ):
        assert words_of in page.text, words_of
    quoted = [found for tag, found in page.elements if tag == "ul" and found.get("lang")]
    assert quoted  # history stays in English
    assert all(each["lang"] == "en" for each in quoted)


def test_boxes_lead_to_the_lines_that_name_them(report: Report, life: Path) -> None:
    told = report(life, "acme")
    lines = (life / "tenants/acme.yaml").read_text(encoding="utf-8").splitlines()
    links = re.findall(r'<a href="#(f0-L(\d+))"><g><title>(\w+):(\S+) ', told)
    assert len(links) == 10
    for anchor, line, _, name in links:
        assert f'<span id="{anchor}">' in told
        assert name in lines[int(line) - 1] or "voicemail" in lines[int(line) - 1]


def test_the_language_is_the_tenants(report: Report) -> None:
    assert '<html lang="sv">' in report(EXAMPLES, "solglantan")
    assert '<html lang="en">' in report(EXAMPLES, "nordverk")
    assert '<html lang="sv">' in report(EXAMPLES, "--language", "sv")


def test_the_provider_and_all_tenants(life: Path, tmp_path: Path, report: Report) -> None:
    home = tmp_path / "pages"
    assert report(life, "--all", "--out", str(home)) == ""
    made = sorted(each.relative_to(home).as_posix() for each in home.rglob("*") if each.is_file())
    assert made == ["index.html", "tenants/acme.html", "tenants/beta.html"]
    page = Page((home / "index.html").read_text(encoding="utf-8"))
    leads = {each for each in page.each("href") if not each.startswith("#")}
    assert leads == {"tenants/acme.html", "tenants/beta.html"}
    back = Page((home / "tenants/acme.html").read_text(encoding="utf-8"))
    assert {each for each in back.each("href") if not each.startswith("#")} == {"../index.html"}
    assert "4 / 100, 96 free" in page.text
    alone = Page(report(life))
    assert all(each.startswith("#") for each in alone.each("href"))


def test_findings_of_a_tenant_stand_on_its_page_and_on_the_provider_s(own: Path, report: Report) -> None:
    file = own / "tenants/acme.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("plan: business", "plan: buisness"), encoding="utf-8")
    told = report(own, "acme")
    assert "no plan 'buisness' is sold" in told.replace("&#39;", "'")
    assert "with changes that are not committed" in told
    assert "with changes that are not committed" not in report(own, "beta")
    assert "with changes that are not committed" in report(own)


def test_equal_input_gives_equal_bytes(own: Path, life: Path, report: Report) -> None:
    for words_of in (["acme"], []):
        assert report(life, *words_of) == report(own, *words_of)


def test_without_git_record_and_results(tmp_path: Path, report: Report) -> None:
    folder = Path(shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns(".pbx", "secrets")))
    page = Page(report(folder, "kiosken", "--language", "en"))
    for words_of in ("not in Git", "Nothing was recorded for the environment lab.", "No results of test calls"):
        assert words_of in page.text
    git(folder, "init", "-q")
    assert "not in Git" in Page(report(folder, "kiosken", "--language", "en")).text  # nothing is committed yet


def test_words_of_others_never_become_markup(own: Path, tmp_path: Path, report: Report) -> None:
    file = own / "tenants/acme.yaml"
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    text = file.read_text(encoding="utf-8")
    for old, new in (
        ("name: Acme AB", f"name: {quoted}"),
        ("{name: Anna Berg,", f"{{name: {quoted},"),
        ("{kind: main,", f"{{kind: main, title: {quoted},"),
        ("{extension: 900,", f"{{extension: 900, title: {quoted},"),
        ("prompt: closed}]", f"prompt: closed, title: {quoted}}}]"),
        ("info: {", f"info: {{title: {quoted}, "),
        ("    weekly:", f"    title: {quoted}\n    weekly:"),
        ("version: 1", f"version: 1  # {HOSTILE}"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    provider = own / "provider.yaml"
    text = provider.read_text(encoding="utf-8")
    for old, new in (
        ("name: Nordtel", f"name: {quoted}"),
        ("professional: {", f"professional: {{title: {quoted}, "),
        ("carrier: {", f"carrier: {{title: {quoted}, "),
    ):
        assert old in text, old
        text = text.replace(old, new)
    provider.write_text(text, encoding="utf-8")
    git(own, "commit", "-q", "-a", "-m", HOSTILE)
    record(own, changed=(HOSTILE,), reason=HOSTILE, error=HOSTILE)
    seen = results(tmp_path / "v.xml", HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"))
    for arguments in (["acme", "--verified", str(seen)], []):
        page = Page(report(own, *arguments))
        assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object", "link", "form", "base"}
        assert not [name for _, found in page.elements for name in found if name.startswith("on")]
        assert page.text.count(HOSTILE) >= (10 if arguments else 4)
        assert all(each.startswith("#") for each in page.each("href"))


def test_nothing_comes_from_elsewhere(report: Report, life: Path) -> None:
    told = report(life, "acme") + report(life)
    assert "url(" not in told.replace("url(#end)", "")
    assert not re.findall(r"\b(?:src|srcset|action|data)=", told)
    assert "default-src 'none'" in told


def test_what_is_charged_adds_up_to_the_invoice_basis() -> None:
    found = validate(load(EXAMPLES))
    assert found.provider
    for tenant in found.tenants.values():
        told = charges(tenant, found.provider.catalogue)
        assert sum(each.amount for each in told) == sum(standing(tenant, found.provider.catalogue).values())


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["acm"], 64, "did you mean 'acme'?"),
        (["--all"], 64, "name a folder for them by --out"),
        (["acme", "--all", "--out", "x"], 64, "--all makes several pages"),
        (["acme", "--verified", "nowhere.xml"], 64, "nowhere.xml cannot be read"),
        (["acme", "--verified", "provider.yaml"], 64, "this is no JUnit XML"),
        (["acme", "--env", "prod"], 64, "known are: lab"),
    ],
)
def test_what_people_type_wrong(
    arguments: list[str],
    code: int,
    told: str,
    life: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(life)
    assert run(["report", *arguments]) == code
    assert told in capsys.readouterr().err


def test_a_file_that_cannot_be_understood(own: Path, report: Report) -> None:
    (own / "tenants/acme.yaml").write_text("version: [", encoding="utf-8")
    assert report(own, "acme", code=3) == ""
    assert report(own, code=3) == ""


def test_results_that_do_not_say_how_long_a_call_took(life: Path, tmp_path: Path, report: Report) -> None:
    file = results(tmp_path / "v.xml")
    file.write_text(file.read_text(encoding="utf-8").replace('"3.25"', '"long"'), encoding="utf-8")
    assert report(life, "acme", "--verified", str(file), code=64) == ""


def said() -> set[str]:
    """Every text that a page may translate."""
    sources = [each.read_text(encoding="utf-8") for each in (*PAGES.glob("*.py"), *PAGES.glob("templates/*.j2"))]
    texts = {each for text in sources for each in re.findall(r'\b(?:say|_)\(\s*"([^"]+)"', text)}
    listed = {each for text in sources for each in re.findall(r'\("\w+", "(\w[^"]+)"\)', text)}
    features = {each.nouns[0] for each in FEATURES if each.nouns and (each.kind in DESTINATION_KINDS or each.flows)}
    labels = {flow.label for each in FEATURES for flow in each.flows if flow.label}
    members = {*map(str, Kind), *map(str, Severity), *map(str, Result), *HANGUPS, *CHARGED.values()}
    devices = {str(each) for each in DeviceKind if each is not DeviceKind.MOBILE}
    rights = {f"may {each}" for each in CallPermission} | {
        f"calls {each}" for each in CallPermission if each is not CallPermission.INTERNAL
    }
    ends = {number_flows.NOT_YET, number_flows.OVER}
    return texts | listed | features | labels | members | devices | rights | ends


def test_every_word_has_its_translation() -> None:
    assert said() - words.SWEDISH.keys() == set()


def test_no_word_is_translated_for_nothing() -> None:
    sources = "".join(
        each.read_text(encoding="utf-8")
        for each in (*PAGES.glob("*.py"), *PAGES.glob("templates/*.j2"))
        if each.name != "words.py"
    )
    others = {"hangup", "mailbox", "outside number", "conference"}
    unused = [each for each in words.SWEDISH if each not in said() | others and f'"{each}"' not in sources]
    assert unused == []


def test_places_for_values_are_the_same_in_both_languages() -> None:
    for english, swedish in words.SWEDISH.items():
        assert sorted(re.findall(r"\{\d\}", english)) == sorted(re.findall(r"\{\d\}", swedish)), english
