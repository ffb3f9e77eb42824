"""Files that a person, a disk or an attacker could have made of ours: hypothesis draws them, and shrinks what fails.

A text is cut into lines, and each line of a mapping into key and value, so that most of what comes of it can still be
read as YAML and goes deep into the checks; other edits break it anywhere, or are any bytes at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

TESTS = Path(__file__).parents[1]
EXAMPLES = TESTS.parent / "examples"

ODD = (
    "", "~", "null", "[]", "{}", "[[]]", "[{}]", "{a: b}", "yes", "no", "-1", "0", "1e9", "0x10", ".inf", ".nan",
    "9" * 400, "'", '"', ":", "- ", "? a", "&a b", "*a", "!!set {}", "!!python/object:os.system x", "<<: *a", "|", ">",
    "%YAML 1.1", "---", "...", "user:", ":x", "user:nobody", "hangup:", "number:+1", "number:+46850100199", "queue:a:b",
    "2027-02-30", "24:01", "23:59-00:00", "00:00-00:00", "25:00-26:00", "mon-mon", "sun-mon", "Europe/Nowhere",
    "sv-SE-x", "+", "+46", "*", "#", "**", "[0-9", "${PBX}", "{{x}}", ";x", "a,b", "a\\nb", "\t", "\u0085", "\u2028",
    "\ufeff", "\U0001d518", "é" * 300, "a" * 5000, "0s", "-5s", "99999999999h", "1.5s", "../../../etc/passwd",
    "/dev/zero", "file\\0", "prompts", ".", "con", "𝟙𝟚", "١٢",
)  # fmt: skip
"""Values that mean something to YAML, to us, to Asterisk, to a shell or to nobody."""

Edit = Callable[[str], str]


@cache
def tenants() -> tuple[str, ...]:
    """The smallest example, the base tenant in two languages, and the tenant file of every case, with the
    sections of the base tenant that it lacks. A case without errors counts twice: however many mistakes have cases,
    most edits shall get as far as the compiler."""
    base = _sections((TESTS / "features/base.yaml").read_text(encoding="utf-8"))
    cases = sorted([*TESTS.glob("features/*/cases/*/tenant.yaml"), *TESTS.glob("rules/cases/*/tenant.yaml")])
    counted = [*cases, *filter(_is_whole, cases)]
    joined = ["".join((base | _sections(each.read_text(encoding="utf-8"))).values()) for each in counted]
    plain = "".join(base.values())
    swedish = plain.replace("language: en", "language: sv")
    return (*joined, plain, swedish, (EXAMPLES / "tenants/kiosken.yaml").read_text(encoding="utf-8"))


def _is_whole(case: Path) -> bool:
    findings = case.with_name("findings.txt")
    return not findings.exists() or " error " not in findings.read_text(encoding="utf-8")


@cache
def providers() -> tuple[str, ...]:
    """The provider's file of the examples and of every case."""
    files = [
        EXAMPLES / "provider.yaml",
        TESTS / "features/provider.yaml",
        *TESTS.glob("platform/cases/*/provider.yaml"),
    ]
    return tuple(each.read_text(encoding="utf-8") for each in sorted(files))


@cache
def foreign() -> tuple[str, ...]:
    """What other systems say: an Asterisk's configuration, lists and exports."""
    files = [*TESTS.glob("pipeline/importing/office/*.conf"), *TESTS.glob("pipeline/importing/exports/*")]
    return tuple(each.read_text(encoding="utf-8") for each in sorted(files))


def _sections(text: str) -> dict[str, str]:
    """key → the section as written; what stands above the first key is left out."""
    found = re.split(r"(?m)^(?=[a-z_]+:)", text)[1:]
    return {each.partition(":")[0]: each if each.endswith("\n") else f"{each}\n" for each in found}


def _at(lines: list[str], where: int) -> int:
    return where % max(len(lines), 1)


def value(where: int, word: str) -> Edit:
    """Another value behind a key or a dash."""

    def edit(text: str) -> str:
        lines = text.splitlines()
        places = [number for number, line in enumerate(lines) if re.search(r"[:-] ", line)]
        if not places:
            return word
        number = places[where % len(places)]
        found = re.match(r"^(.*?(?:[:-] ))", lines[number])
        lines[number] = f"{found[1] if found else ''}{word}"
        return "\n".join(lines) + "\n"

    return edit


def flow_value(where: int, word: str) -> Edit:
    """Another word within brackets or behind a colon, anywhere."""

    def edit(text: str) -> str:
        found = list(re.finditer(r"[^\s\[\]{},:\"'#]+", text))
        if not found:
            return word
        each = found[where % len(found)]
        return text[: each.start()] + word + text[each.end() :]

    return edit


def lines_gone(where: int, count: int) -> Edit:
    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        number = _at(lines, where)
        return "".join(lines[:number] + lines[number + count :])

    return edit


def lines_again(where: int, count: int, target: int) -> Edit:
    """Some lines a second time, elsewhere: in the wrong section, mostly."""

    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        number, to = _at(lines, where), _at(lines, target)
        return "".join(lines[:to] + lines[number : number + count] + lines[to:])

    return edit


def indented(where: int, by: int) -> Edit:
    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        number = _at(lines, where)
        lines[number : number + 1] = [" " * by + each for each in lines[number : number + 1]]
        return "".join(lines)

    return edit


def spliced(where: int, word: str, cut: int) -> Edit:
    """Anything, anywhere."""

    def edit(text: str) -> str:
        place = where % max(len(text), 1)
        return text[:place] + word + text[place + cut :]

    return edit


def ended(where: int) -> Edit:
    """The file as a full disk leaves it."""
    return lambda text: text[: where % max(len(text), 1)]


def deep(where: int, levels: int) -> Edit:
    return spliced(where, "[" * levels + "]" * (levels // 2), 0)


PLACES = st.integers(0, 20_000)
WORDS = st.one_of(st.sampled_from(ODD), st.text(max_size=12))
EDITS = st.one_of(
    st.builds(value, PLACES, WORDS),
    st.builds(flow_value, PLACES, WORDS),
    st.builds(lines_gone, PLACES, st.integers(1, 6)),
    st.builds(lines_again, PLACES, st.integers(1, 6), PLACES),
    st.builds(indented, PLACES, st.sampled_from([1, 2, 4, 9])),
    st.builds(spliced, PLACES, WORDS, st.integers(0, 60)),
    st.builds(ended, PLACES),
    st.builds(deep, PLACES, st.integers(1, 3000)),
)


def _edited(seeds: Callable[[], tuple[str, ...]], number: int, edits: list[Edit]) -> bytes:
    text = seeds()[number % len(seeds())]
    for edit in edits:
        text = edit(text)
    return text.encode("utf-8", "replace")


def _flipped(content: bytes, where: int, byte: int) -> bytes:
    place = where % max(len(content), 1)
    return content[:place] + bytes([byte]) + content[place + 1 :]


def _contents(seeds: Callable[[], tuple[str, ...]]) -> st.SearchStrategy[bytes]:
    """Mostly one of the seeds with one to four edits; some with a byte flipped, some any bytes."""
    edited = st.builds(_edited, st.just(seeds), st.integers(0, 10_000), st.lists(EDITS, min_size=1, max_size=4))
    flipped = st.builds(_flipped, edited, PLACES, st.integers(0, 255))
    return st.one_of(*[edited] * 7, flipped, st.binary(max_size=300))


TENANT, PROVIDER = "tenants/acme.yaml", "provider.yaml"
IMPORTED = ("extensions.conf", "queues.conf", "voicemail.conf", "fusionpbx.csv", "wazo.csv", "ivozprovider.json")
FILES = st.one_of(
    *[st.tuples(st.just(TENANT), _contents(tenants))] * 5,
    st.tuples(st.just(PROVIDER), _contents(providers)),
    st.tuples(st.sampled_from(IMPORTED), _contents(foreign)),
)
"""A file of a provider's folder, or one that is imported, and what it may hold."""
