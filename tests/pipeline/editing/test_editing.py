"""What an editor is told about a file while it is written: `|` marks the cursor in each text."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.core.source import Position
from provisioner.pipeline.editing import places, telling
from provisioner.pipeline.editing.completing import Proposal, complete
from provisioner.pipeline.editing.project import Project, root_of

PROVIDER = """\
version: 1
name: Test
country: SE
number_blocks:
  - {from: "+46850100000", to: "+46850100999"}
trunks:
  carrier: {title: Carrier, address: carrier.example, port: 5060, order: 1, emergency: yes}
catalogue:
  plans:
    office: {title: Office, price: 100, features: [voicemail, softphone]}
environments:
  lab: {target: lab}
"""
HEAD = """\
version: 1
name: Åre Klinik 📞
domain: klinik.example
time_zone: Europe/Stockholm
language: sv
country: SE
sites:
  main:
    title: Åre
    emergency_address: {street: Storgatan 1, postal_code: "111 22", city: Åre, country: SE}
    emergency_number: "+46850100100"
numbers:
  "+46850100100": {kind: main, destination: "user:anna"}
users:
  anna: {name: Anna Andersson, extension: 101, plan: office, site: main, voicemail: {}, devices: {d: {kind: desk}}}
  bo: {name: Bo, extension: 102, plan: office, voicemail: {}, devices: {d: {kind: desk}}}
"""
GROUP = "ring_groups:\n  desk:\n"


class Editor:
    """A folder with one tenant in an editor, and the cursor where the text has its mark."""

    def __init__(self, root: Path) -> None:
        root.joinpath("tenants").mkdir()
        root.joinpath("provider.yaml").write_text(PROVIDER, encoding="utf-8")
        self.file = root / "tenants/klinik.yaml"
        self.file.write_text(HEAD, encoding="utf-8")
        self.project = Project(root)
        assert self.codes() == [], self.project.findings("klinik")

    def type(self, text: str, file: Path | None = None) -> Position:
        before, _, after = text.partition("|")
        self.project.unsaved[file or self.file] = before + after
        return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))

    def codes(self) -> list[str]:
        return [each.code for each in self.project.findings("klinik")]

    def proposals(self, text: str) -> dict[str, Proposal]:
        return {each.label: each for each in complete(self.project, self.file, self.type(text)).proposals}


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


@pytest.mark.parametrize(
    ("written", "offered", "not_offered"),
    [
        (GROUP + "    |", {"members", "no_answer", "strategy"}, {"user:anna"}),
        (GROUP + "    members: [user:anna]\n    no|", {"no_answer"}, {"members"}),
        (GROUP + "    members: [us|", {"user:anna", "user:bo", "hangup:busy"}, {"members", "queue:x"}),
        (GROUP + '    members: ["us|"]\n', {"user:anna", "voicemail:anna"}, {"members"}),
        (GROUP + "    members:\n      - |", {"user:anna"}, {"members"}),
        (GROUP + "    no_answer: voicemail:a|", {"voicemail:anna", "voicemail:bo"}, {"user:anna"}),
        (GROUP + "    no_answer: voicemai|", {"voicemail:anna", "user:anna"}, set()),
        (GROUP + "    strategy: |", {"all", "linear"}, {"user:anna"}),
        (GROUP + "    skip_busy: |", {"yes", "no"}, set()),
        (GROUP + "    ring_time: |", set(), {"user:anna"}),
        ("ring_groups: {desk: {members: [user:anna], no|", {"no_answer"}, {"members"}),
        ("ring_groups: {desk: {no_answer: |", {"voicemail:anna"}, set()),
        ("que|", {"queues", "ring_groups"}, {"users", "name"}),
        ("  eva: {name: Eva, plan: |", {"office"}, {"main"}),
        ("  eva: {name: Eva, site: |", {"main"}, {"office"}),
        ("# |", set(), {"user:anna"}),
        ("  |", set(), {"strategy"}),
    ],
)
def test_what_may_be_written(editor: Editor, written: str, offered: set[str], not_offered: set[str]) -> None:
    found = editor.proposals(HEAD + written)
    assert offered <= found.keys()
    assert not not_offered & found.keys()


def test_proposals_say_what_they_are(editor: Editor) -> None:
    found = editor.proposals(HEAD + GROUP + "    |")
    assert found["members"].insert == "members:"
    assert found["members"].detail == "required"
    assert found["ring_time"].insert == "ring_time: "
    assert "rings" in found["ring_time"].documentation
    assert editor.proposals(HEAD + GROUP + "    no_answer: |")["user:anna"].detail == "Anna Andersson"


def test_a_key_with_its_colon_gets_no_second_one(editor: Editor) -> None:
    assert editor.proposals(HEAD + GROUP + "    ring|_time: 5s\n")["ring_time"].insert == "ring_time"


def test_the_word_that_is_replaced_begins_where_it_was_begun(editor: Editor) -> None:
    position = editor.type(HEAD + GROUP + "    no_answer: user:an|")
    assert complete(editor.project, editor.file, position).begin == Position(position.line, position.column - 7)


def test_names_last_understood_serve_while_the_file_is_broken(editor: Editor) -> None:
    text = HEAD + GROUP + "    no_answer: |\n   \t]]: {\n"
    editor.type(text)
    assert editor.codes() == ["Y001"]
    assert "user:anna" in editor.proposals(text)


def test_findings_are_those_of_the_text_and_not_of_the_file(editor: Editor) -> None:
    editor.type(HEAD.replace("user:anna", "user:ana") + "|")
    (found,) = editor.project.findings("klinik")
    assert (found.code, found.finding.nearest, found.span.start) == ("R001", "user:anna", Position(13, 45))
    editor.type(HEAD + "|")
    assert editor.codes() == []


@pytest.mark.parametrize("catalogue", ["catalogue: []\n", "catalogue: x\n", "catalogue: {plans: [a]}\n", "x: [\n"])
def test_plans_of_a_catalogue_that_is_none(editor: Editor, catalogue: str) -> None:
    editor.type(PROVIDER.partition("catalogue:")[0] + catalogue + "|", editor.project.root / "provider.yaml")
    assert editor.proposals(HEAD + "  eva: {name: Eva, plan: |") == {}


def test_an_empty_text_is_not_the_file(editor: Editor) -> None:
    editor.type("|")
    assert editor.codes() == ["Y004"]


def test_what_another_tenant_claims_is_found_once_it_is_learnt(editor: Editor) -> None:
    other = editor.project.root / "tenants/verk.yaml"
    other.write_text(HEAD.replace("klinik.example", "verk.example"), encoding="utf-8")
    editor.type(HEAD + "|")
    assert editor.codes() == []
    assert concerned(editor) == ["verk"]
    editor.project.learn("verk")
    assert concerned(editor) == []
    assert editor.codes() == ["N201"]
    other.write_text(HEAD.replace("klinik.example", "verk.example").replace("100100", "100200"), encoding="utf-8")
    assert concerned(editor) == ["verk"], "what was known is known anew where it changes"
    editor.project.learn("verk")
    assert editor.codes() == []
    other.unlink()
    assert editor.codes() == []
    assert concerned(editor) == []


def concerned(editor: Editor) -> list[str]:
    return [each for each in editor.project.tenants() if editor.project.concerns(each)]


@pytest.mark.parametrize(
    ("others", "own", "wanted"),
    [
        ("+46850100100", "+46850100101", []),
        ("+46850100100", "+46850100100", ["verk"]),
        ("00:04:13:2A:45:6B", "0004132a456b", ["verk"]),
        ("domain: klinik.example", "", ["verk"]),
        ('{"domain": "klinik.example"}', "", ["verk"]),
        ("domain: other.example", "", []),
    ],
)
def test_only_whom_the_open_tenant_could_meet_is_understood(
    editor: Editor, others: str, own: str, wanted: list[str]
) -> None:
    (editor.project.root / "tenants/verk.yaml").write_text(f"{others}\n", encoding="utf-8")
    editor.type(f"domain: klinik.example\n# {own}|")
    editor.codes()
    assert concerned(editor) == wanted


def test_the_providers_file_is_about_everybody(editor: Editor) -> None:
    (editor.project.root / "tenants/verk.yaml").write_text("version: 1\n", encoding="utf-8")
    assert concerned(editor) == []
    editor.type(PROVIDER + "|", editor.project.root / "provider.yaml")
    assert concerned(editor) == ["verk"]


def test_a_file_that_is_not_saved_yet_is_a_tenant_too(editor: Editor) -> None:
    file = editor.project.root / "tenants/new.yaml"
    editor.type("version: 1\n|", file)
    assert "S002" in {each.code for each in editor.project.findings("new")}


def test_the_providers_own_file(editor: Editor) -> None:
    file = editor.project.root / "provider.yaml"
    position = editor.type(PROVIDER + "mail: {re|", file)
    assert [each.label for each in complete(editor.project, file, position).proposals][:1] == ["relay"]
    editor.type(PROVIDER.replace("country", "contry") + "|", file)
    assert "S001" in {each.code for each in editor.project.findings("")}


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ('destination: "user:an', "  anna: "),
        ("plan: off", "    office: "),
        ("site: ma", "  main:"),
        ("name: An", ""),
        ("extens", ""),
    ],
)
def test_a_name_leads_to_where_it_is_said(editor: Editor, at: str, line: str) -> None:
    position = editor.type(HEAD.replace(at, at + "|", 1))
    span = telling.definition(editor.project, editor.file, position)
    if not line:
        assert span is None
        return
    assert span
    text = (editor.project.root / span.file).read_text(encoding="utf-8").splitlines()
    assert text[span.start.line - 1].startswith(line)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ('destination: "user:an', ["**user:anna**: Anna Andersson", "`extension`: 101", "tenants/klinik.yaml:15:3"]),
        ("exten", ["**users.NAME.extension** (required)", "two to six digits"]),
        ("plan: off", ["**plan:office**: Office", "`price`: 100"]),
        ("domai", ["**domain** (required)", "SIP domain"]),
    ],
)
def test_hover_says_what_it_is(editor: Editor, at: str, told: list[str]) -> None:
    found = telling.hover(editor.project, editor.file, editor.type(HEAD.replace(at, at + "|", 1)))
    assert found
    for each in told:
        assert each in found.markdown


def test_outline_shows_sections_and_entries_with_their_extent(editor: Editor) -> None:
    source = editor.project.document("klinik").source
    found = {each.name: each for each in places.outline(source, "tenants/klinik.yaml")}
    assert [(each.name, each.detail) for each in found["users"].children] == [("anna", "Anna Andersson"), ("bo", "Bo")]
    assert (found["sites"].key.start.line, found["sites"].end.line) == (7, 11)


def test_outline_of_a_broken_file_goes_as_far_as_it_can_be_read(editor: Editor) -> None:
    editor.type(HEAD + GROUP + "    members: [\n|")
    source = editor.project.document("klinik").source
    assert "users" in {each.name for each in places.outline(source, "tenants/klinik.yaml")}


@pytest.mark.parametrize(
    ("file", "slug"),
    [
        ("provider.yaml", ""),
        ("tenants/acme.yaml", "acme"),
        ("tenants/acme/users.yml", "acme"),
        ("tenants/acme.txt", None),
        ("notes/acme.yaml", None),
    ],
)
def test_whose_file_it_is(editor: Editor, file: str, slug: str | None) -> None:
    assert editor.project.slug(editor.project.root / file) == slug


def test_a_file_outside_of_any_folder_is_nobodys(tmp_path: Path) -> None:
    assert root_of(tmp_path / "tenants/acme.yaml") is None
