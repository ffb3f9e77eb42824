"""Links: every reference of a tenant against the names that the tenant defines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule, nearest
from provisioner.core.refs import DESTINATION_KINDS, E164_PATTERN, HANGUPS, Ref
from provisioner.core.source import Path

R001 = Rule(
    code="R001",
    title="Name that nothing defines",
    why="A call that is sent there would be cut off.",
    remedy="Define it, or use the name of something that exists.",
    bad="no_answer: voicemail:inof",
    good="no_answer: voicemail:info\n# and, in the section voicemail:\ninfo: {members: [user:anna]}",
)
R002 = Rule(
    code="R002",
    title="Unknown kind of destination",
    why="Nothing on the platform can take a call for it.",
    remedy="Use one of the kinds that the language knows.",
    bad="open: menu:main",
    good="open: ivr:main",
)
RULES = (R001, R002)


def check(references: Iterable[tuple[Path, Ref]], scope: Scope) -> Iterator[Finding]:
    """Findings for references that lead nowhere."""
    for path, ref in references:
        known = scope.names.get(ref.kind)
        if known is not None:
            if ref.name not in known:
                yield _dangling(path, ref, known)
        elif ref.kind not in DESTINATION_KINDS:
            near = nearest(ref.kind, DESTINATION_KINDS)
            kinds = ", ".join(DESTINATION_KINDS)
            yield R002.at(path, f"{ref.kind!r} is no kind", expected=f"one of {kinds}", nearest=near)
        elif ref.kind == "hangup":
            if ref.name not in HANGUPS:
                expected = "one of " + ", ".join(HANGUPS)
                yield R001.at(path, f"{ref} is unknown", expected=expected, nearest=nearest(ref.name, HANGUPS))
        elif ref.kind == "number":
            if not re.fullmatch(E164_PATTERN, ref.name):
                yield R001.at(path, f"{ref.name!r} is no public number", expected="number:+46850100100")
        else:
            yield _dangling(path, ref, frozenset())


def _dangling(path: Path, ref: Ref, known: frozenset[str]) -> Finding:
    near = nearest(ref.name, known)
    listed = ", ".join(sorted(known)[:12]) + (", …" if len(known) > 12 else "")
    return R001.at(
        path,
        f"{ref} is defined nowhere in this tenant",
        expected=f"one of {listed}" if known else f"a {ref.kind} of that name",
        nearest=f"{ref.kind}:{near}" if near else "",
    )
