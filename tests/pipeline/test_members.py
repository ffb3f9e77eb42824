"""Whom `pbx agent` means, and what it says of names that nobody has."""

from __future__ import annotations

import pytest

from provisioner.core.errors import UsageError
from provisioner.core.refs import Ref
from provisioner.pipeline.members import find
from provisioner.pipeline.validate import Specification
from tests.features.test_cases import SLUG, specification_of

FILE = """\
queues:
  nurse:
    extension: 910
    members: ["user:anna", "number:+46701740605"]
    timeout: 60s
    overflow: {timeout: "voicemail:info", empty: "voicemail:info"}
ring_groups:
  office: {extension: 900, members: ["user:bo", "number:+46701740605"], no_answer: "voicemail:info"}
"""


@pytest.fixture(scope="module")
def specification(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    return specification_of(FILE, tmp_path_factory.mktemp("members"))


@pytest.mark.parametrize(
    ("named", "member", "verb", "found"),
    [
        ("nurse", "anna", "in", Ref("queue", "nurse")),
        ("queue:nurse", "+46701740605", "pause", Ref("queue", "nurse")),
        ("ring_group:office", "bo", "out", Ref("ring_group", "office")),
    ],
)
def test_found(specification: Specification, named: str, member: str, verb: str, found: Ref) -> None:
    assert find(specification, SLUG, named, member, verb) == found


@pytest.mark.parametrize(
    ("named", "member", "verb", "said"),
    [
        ("nurs", "anna", "in", "no queue 'nurs'"),
        ("office", "bo", "in", "no queue 'office'"),
        ("nurse", "bo", "in", "'bo' is no member"),
        ("ring_group:office", "+46701740605", "out", "is no member"),
        ("ring_group:office", "bo", "pause", "do not pause"),
    ],
)
def test_not_found(specification: Specification, named: str, member: str, verb: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        find(specification, SLUG, named, member, verb)
