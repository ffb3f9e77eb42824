"""The chain of the record: whatever is done to its lines is found; what a crash leaves is not taken for an edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provisioner.core.audit import GENESIS, Entry, Head, Origin, digest, extend, parse, verify

ENTRY = Entry("2026-11-30T04:00:00.000+00:00", "run", "apply", "0.1.0", "lab", Origin("anna", "desk"))


def entry(text: str) -> Entry:
    return replace(ENTRY, stack=f"lab.tenant.{text}", tenant=text, changed=(f"! {text}",))


def append(content: bytes, head: Head, *texts: str) -> tuple[bytes, Head]:
    """As the adapter does it."""
    beyond = head.size if head.size <= len(content) else max(0, len(content) - 1)
    added, head = extend(head, len(content), content[beyond:], [entry(each) for each in texts])
    return content + added, head


def chain(*batches: tuple[str, ...]) -> tuple[bytes, Head]:
    content, head = b"", Head()
    for each in batches:
        content, head = append(content, head, *each)
    return content, head


texts = st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=3).map(tuple), min_size=1, max_size=4)


@given(texts)
def test_what_was_written_is_whole(batches: list[tuple[str, ...]]) -> None:
    content, head = chain(*batches)
    verdict = verify(content, head)
    assert (verdict.breaks, verdict.torn) == ((), ())
    assert verdict.records == head.records == sum(map(len, batches))
    assert verdict.digest == head.digest == digest(content.split(b"\n")[-2])


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, bytes, Head]:
    """A whole record, the same with something done to it, and its head."""
    content, head = chain(*draw(texts))
    lines = content.split(b"\n")[:-1]
    at = draw(st.integers(0, len(lines) - 1))
    match draw(st.sampled_from(["byte", "remove", "twice", "swap", "insert", "cut", "blank", "garbage"])):
        case "byte":
            place = draw(st.integers(0, len(content) - 1))
            edited = content[:place] + draw(st.binary(max_size=2)) + content[place + 1 :]
        case "cut":
            edited = content[: draw(st.integers(0, len(content) - 1))]
        case "garbage":
            edited = b"\n".join([*lines[:at], draw(st.binary(max_size=9)), *lines[at + 1 :], b""])
        case "remove":
            edited = b"\n".join([*lines[:at], *lines[at + 1 :], b""])
        case "twice":
            edited = b"\n".join([*lines[: at + 1], *lines[at:], b""])
        case "blank":
            edited = b"\n".join([*lines[:at], b"", *lines[at:], b""])
        case "insert":
            # The head's own knowledge makes a line in its middle as visible as one that was changed.
            assume(at < len(lines))
            forged = append(b"\n".join([*lines[:at], b""]) if at else b"", Head(), "forged")[0].split(b"\n")[-2]
            edited = b"\n".join([*lines[:at], forged, *lines[at:], b""])
        case _:
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
            edited = b"\n".join([*lines, b""])
    assume(edited != content)
    return content, edited, head


@given(edits())
def test_any_edit_is_found(edited: tuple[bytes, bytes, Head]) -> None:
    _, content, head = edited
    assert verify(content, head).breaks


@given(edits(), texts)
def test_any_edit_is_found_also_after_further_applies(
    edited: tuple[bytes, bytes, Head], batches: list[tuple[str, ...]]
) -> None:
    written, content, head = edited
    for each in batches:
        content, head = append(content, head, *each)
    # Where just the last newline was cut off, the next line puts it back, and all is as it was written.
    assert verify(content, head).breaks or content.startswith(written)


@given(texts, texts, st.data())
def test_a_torn_line_is_healed_and_told_and_what_follows_holds(
    batches: list[tuple[str, ...]], more: list[tuple[str, ...]], data: st.DataObject
) -> None:
    content, head = chain(*batches)
    line = append(content, head, "lost")[0][len(content) :]
    torn = content + line[: data.draw(st.integers(1, len(line) - 2))]
    crashed = verify(torn, head)
    assert (crashed.breaks, crashed.torn) == ((), (head.records + 1,))
    for each in more:
        torn, head = append(torn, head, *each)
    healed = verify(torn, head)
    assert (healed.breaks, healed.torn) == ((), crashed.torn)
    assert healed.records == sum(map(len, batches)) + 1 + sum(map(len, more))
    spoilt = torn.replace(line[: crashed.torn[0]], b"x", 1)
    assert verify(spoilt, head).breaks


@pytest.mark.parametrize("kept", ["line without its newline", "whole lines"])
def test_lines_that_the_head_does_not_know_yet_are_taken_in(kept: str) -> None:
    content, before = chain(("a",), ("b",))
    content, _ = append(content, before, "c", "d")
    if kept == "line without its newline":
        content = content[:-1]
    assert not verify(content, before).breaks
    content, head = append(content, before, "e")
    verdict = verify(content, head)
    assert (verdict.breaks, verdict.torn, verdict.records) == ((), (), 5)
    assert [each["tenant"] for line in content.splitlines() if (each := parse(line))] == list("abcde")


def test_a_break_names_its_record() -> None:
    content, head = chain(("a", "b", "c"), ("d",))
    (found,) = verify(content.replace(b'"tenant":"b"', b'"tenant":"x"'), head).breaks
    assert (found.number, found.what.split(":")[0]) == (3, "does not follow on what stands before it")
    (found,) = verify(content.replace(b'"tenant":"d"', b'"tenant":"x"'), head).breaks
    assert (found.number, found.what.split(":")[0]) == (4, "is not the one that was written last")
    (found,) = verify(b"\n".join(content.split(b"\n")[:2]) + b"\n", head).breaks
    assert (found.number, found.what) == (3, "and all up to 4 are missing: 4 were written")
    assert [each.number for each in verify(content, None).breaks] == [4]
    assert verify(b"", None) == verify(b"", Head())
    assert verify(b"", Head()).digest == GENESIS


def test_what_is_no_text_is_kept_as_json() -> None:
    content, head = chain(("\udcff å",))
    assert not verify(content, head).breaks
    found = parse(content[:-1])
    assert found
    assert found["tenant"] == "\udcff å"
