"""Results of probes as JUnit XML, written and read: one suite for each tenant, one case for each probe, its steps as
its output.

The dialect is the common one of CI servers (testsuites/testsuite/testcase with failure or error, `file` left out).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, indent, tostring

from provisioner.core.errors import UsageError

from .outcome import Outcome, ProbeResult


@dataclass(frozen=True, slots=True)
class Case:
    """A test call as its results tell of it."""

    title: str
    seconds: float
    wrong: str = ""
    """What was found instead; empty where it passed."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The test calls of a tenant."""

    at: str
    """When they began, ISO 8601; empty where the results do not say."""
    cases: tuple[Case, ...]

    @property
    def failed(self) -> tuple[Case, ...]:
        return tuple(each for each in self.cases if each.wrong)


def render(results: Sequence[ProbeResult], at: datetime | None = None) -> str:
    """`at` is when they began."""
    total = Element("testsuites", {"name": "pbx verify", **_counts(results)})
    for tenant, of_tenant in groupby(sorted(results, key=_tenant), key=_tenant):
        own = list(of_tenant)
        suite = SubElement(total, "testsuite", {"name": tenant, **_counts(own)})
        if at:
            suite.set("timestamp", at.isoformat(timespec="seconds"))
        for result in own:
            _case(suite, result)
    indent(total)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(total, encoding="unicode") + "\n"


def read(text: str) -> Mapping[str, Suite]:
    """tenant → its test calls; raises UsageError where the text is no JUnit XML."""
    try:
        return {
            suite.get("name", ""): Suite(suite.get("timestamp", ""), tuple(_read(suite)))
            for suite in fromstring(text).iter("testsuite")
        }
    except (ParseError, ValueError) as error:
        hint = "name a file that `pbx verify --report junit=FILE` wrote"
        raise UsageError(f"this is no JUnit XML: {error}", hint) from None


def _read(suite: Element) -> Iterator[Case]:
    for case in suite.iter("testcase"):
        told = next((each for each in case if each.tag in ("failure", "error")), None)
        wrong = "" if told is None else told.get("message") or told.get("type") or told.tag
        yield Case(case.get("name", ""), float(case.get("time") or 0), wrong)


def _tenant(result: ProbeResult) -> str:
    return result.probe.tenant


def _counts(results: Sequence[ProbeResult]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(each.outcome is Outcome.FAILED for each in results)),
        "errors": str(sum(each.outcome is Outcome.ERROR for each in results)),
        "time": f"{sum(each.seconds for each in results):.3f}",
    }


def _case(suite: Element, result: ProbeResult) -> None:
    probe = result.probe
    case = SubElement(
        suite,
        "testcase",
        name=_printable(f"{probe.id}: {probe.title}"),
        classname=f"{probe.tenant}.{probe.id.partition('.')[0]}",
        time=f"{result.seconds:.3f}",
    )
    if probe.rows:
        properties = SubElement(case, "properties")
        for row in probe.rows:
            SubElement(properties, "property", name="row", value=row)
    if result.outcome is not Outcome.PASSED:
        name = "failure" if result.outcome is Outcome.FAILED else "error"
        told = SubElement(case, name, message=_printable(result.found), type=name)
        told.text = _printable(explain(result))
    SubElement(case, "system-out").text = _printable("\n".join(steps(result)))


def explain(result: ProbeResult) -> str:
    """Expected and found, the way the call took, and where the evidence lies."""
    lines = [f"expected: {result.expected}"] if result.expected else []
    lines.append(f"found: {result.found}")
    if result.trail:
        lines.append(f"call trail: {' → '.join(result.trail)}")
    lines += [f"kept: {path}" for path in result.kept]
    return "\n".join(lines)


def steps(result: ProbeResult) -> list[str]:
    return [
        f"{'ok' if each.passed else 'NOT MET'}  {each.seconds:5.1f} s  {each.words}"
        + (f" ({each.found})" if each.found else "")
        for each in result.steps
    ]


def _printable(text: str) -> str:
    """The text less what XML 1.0 cannot hold."""
    return "".join(each if each in "\t\n" or each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
