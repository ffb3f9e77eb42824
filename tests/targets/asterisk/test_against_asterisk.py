"""Whatever people write and rooms say, the real Asterisk loads exactly what was rendered: no more and no less."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.targets.asterisk import render, text
from provisioner.targets.asterisk.extensions import Clash
from provisioner.targets.asterisk.objects import AsteriskObject, Include, Mailbox, Route, Step

sys.path.insert(0, str(Path(__file__).parents[2]))

from real_asterisk import image

HOME = "pbx-load"
READERS = {
    "extensions.conf": "pbx_config",
    "voicemail.conf": "app_voicemail",
    "queues.conf": "app_queue",
    "musiconhold.conf": "res_musiconhold",
}

WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60) | st.sampled_from(
    ["${SHELL(id)}", "a;b", "\\;", "x\n#exec id", 'q"q', "$[1+1]", "a)b(c", "\\", "[x](!)", ";--", "--;", "#include x"]
)
NAMES = st.from_regex(r"\A[a-z][a-z0-9-]{0,12}\Z")
EXTENSIONS = st.from_regex(r"\A(\+?[0-9]{1,12}|_\+46[0-9X.]{1,6}|s|[a-z][a-z0-9]{2,8})\Z")


@st.composite
def routes(draw: st.DrawFn) -> Route:
    words = draw(st.lists(WORDS, min_size=1, max_size=5))
    steps = [Step("Set", f"CALLERID(name)={text.literal(each)}") for each in words]
    steps += [Step("Verbose", f"1,{text.argument(each)},x", label=f"l{n}") for n, each in enumerate(words)]
    return Route(f"t.{draw(st.sampled_from(['ivr', 'user']))}.{draw(NAMES)}", draw(EXTENSIONS), tuple(steps))


def load(folder: Path, files: dict[str, str], *questions: str) -> tuple[str, list[str]]:
    """What a real Asterisk without network logged while it read the files, and its answers."""
    home = folder / "upper" / HOME
    for each in (folder / "work", folder / "root", home / "run", home / "log"):
        each.mkdir(parents=True)
    places = {"astetcdir": "", "astdbdir": "", "astspooldir": "", "astrundir": "/run", "astlogdir": "/log"}
    own = {
        "asterisk.conf": "[directories]\n" + "".join(f"{key} => /{HOME}{end}\n" for key, end in places.items()),
        "modules.conf": "[modules]\nautoload=no\n"
        + "".join(f"load={READERS[each]}.so\n" for each in files if each in READERS),
        "logger.conf": "[logfiles]\nall => warning,error\n",
    }
    for name, content in {**own, **files}.items():
        (home / name).write_text(content, encoding="utf-8")
    ask = f"asterisk -C /{HOME}/asterisk.conf -rx"
    script = (
        f"mount -t overlay overlay -o lowerdir={image()},upperdir={folder}/upper,workdir={folder}/work {folder}/root"
        f" && exec chroot {folder}/root sh -c '"
        f"asterisk -f -C /{HOME}/asterisk.conf >/dev/null 2>&1 & "
        f'for i in $(seq 300); do {ask} "core waitfullybooted" 2>/dev/null | grep -q booted && break; sleep 0.1; done; '
        + "".join(f'{ask} "{each}" > /{HOME}/answer{n}; ' for n, each in enumerate(questions))
        + "true'"
    )
    alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    subprocess.run([*alone, "sh", "-c", script], check=True, timeout=120, stdin=subprocess.DEVNULL)
    said = (home / "log/all").read_text() if (home / "log/all").exists() else ""
    return said, [(home / f"answer{n}").read_text() for n, _ in enumerate(questions)]


def complaints(said: str) -> list[str]:
    return [line for line in said.splitlines() if re.search(r"/pbx-load/|pbx_config|pbx\.c|config\.c|app_queue", line)]


def distinct(wanted: list[Route]) -> list[Route]:
    """Without those that would clash, which the writer refuses."""
    kept: list[Route] = []
    for each in wanted:
        try:
            render("t", [*kept, each])
        except Clash:
            continue
        kept.append(each)
    return kept


@pytest.mark.lab
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(routes(), min_size=5, max_size=40))
def test_dialplan_is_loaded_word_for_word(tmp_path_factory: pytest.TempPathFactory, drawn: list[Route]) -> None:
    wanted = distinct(drawn)
    extensions = next(each for each in render("t", wanted).files if each.path == "extensions.conf").text
    said, (shown,) = load(tmp_path_factory.mktemp("a"), {"extensions.conf": extensions}, "dialplan show")
    assert complaints(said) == []
    found = re.findall(r"^\[ Context '(t\.[^']*)' created by 'pbx_config' \]", shown, re.MULTILINE)
    assert sorted(found) == sorted({each.context for each in wanted})
    steps = [line.split(". ", 1)[1].rsplit(" [extensions.conf:", 1)[0].rstrip() for line in lines(shown)]
    assert sorted(steps) == sorted(f"{s.application}({s.arguments})" for each in wanted for s in each.steps)


def lines(shown: str) -> list[str]:
    """The lines of steps, in the contexts of the tenant."""
    found, inside = [], False
    for line in shown.splitlines():
        if line.startswith("[ Context"):
            inside = line.startswith("[ Context 't.")
        elif inside and " [extensions.conf:" in line:
            found.append(line)
    return found


@pytest.mark.lab
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WORDS, min_size=3, max_size=20))
def test_names_of_people_in_mailboxes(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    objects: list[AsteriskObject] = [
        *(Mailbox("t", f"box{n}", each, f"{n}@t.example") for n, each in enumerate(words)),
        Include("t.out", "t.nowhere"),
    ]
    files = {each.path: each.text for each in render("t", objects).files}
    said, (boxes,) = load(tmp_path_factory.mktemp("a"), files, "voicemail show users for t")
    assert complaints(said) == []
    assert len(re.findall(r"^t +box\d+ ", boxes, re.MULTILINE)) == len(words)
