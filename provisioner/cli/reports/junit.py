"""Findings as JUnit XML: one suite for each file, one failed case for each error; warnings and notes are text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from provisioner.core.findings import Located, Severity

from .report import Report, sentence


def render(report: Report) -> str:
    errors = report.count(Severity.ERROR)
    total = Element("testsuites", name="pbx validate", tests=str(max(len(report.findings), 1)), failures=str(errors))
    by_file = groupby(
        sorted(report.findings, key=lambda each: (each.span.file, each.span.start)), key=lambda each: each.span.file
    )
    for file, found in by_file:
        _suite(total, file, list(found))
    if not report.findings:
        suite = SubElement(total, "testsuite", name="specification", tests="1", failures="0")
        SubElement(suite, "testcase", name=report.summary, classname="specification")
    indent(total)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(total, encoding="unicode") + "\n"


def _suite(total: Element, file: str, found: Sequence[Located]) -> None:
    errors = sum(each.severity is Severity.ERROR for each in found)
    suite = SubElement(total, "testsuite", name=file, tests=str(len(found)), failures=str(errors))
    for each in found:
        case = SubElement(
            suite,
            "testcase",
            name=_printable(f"{each.code} {each.finding.message}"),
            classname=file,
            file=file,
            line=str(each.span.start.line),
        )
        told = f"{each.span}\n{each.snippet}\n{sentence(each)}\n{each.finding.rule.remedy}"
        if each.severity is Severity.ERROR:
            failure = SubElement(case, "failure", message=_printable(sentence(each)), type=each.code)
            failure.text = _printable(told)
        else:
            SubElement(case, "system-out").text = _printable(f"{each.severity}: {told}")


def _printable(text: str) -> str:
    """The text less what XML 1.0 cannot hold."""
    return "".join(each if each in "\t\n" or each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
