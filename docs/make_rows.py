"""`make rows`: for each row of docs/rows.yaml the tests that show it and how they ended last.

Reads the JUnit files of the last runs (`build/*.xml`): pytest's, where each test names its rows as properties, and
those of `pbx verify`, where probes do. A test that stands in no file was not run last. Writes `build/rows.json`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import yaml

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
COLLECTED = BUILD / "collected.json"


@dataclass(frozen=True)
class Shown:
    """One test or probe that shows a row."""

    name: str
    kind: str
    """`case` (a folder of the feature's cases), `live` (a lab test or a probe) or `test`."""
    result: str


def main() -> int:
    rows = promised()
    tests = {**{name: (kind, of, "not run") for name, kind, of in collected()}, **ran()}
    shown = {
        row: [Shown(name, kind, result) for name, (kind, of, result) in sorted(tests.items()) if row in of]
        for row in rows
    }
    unknown = {row for _, of, _ in tests.values() for row in of} - rows.keys()
    if unknown:
        print(f"error: rows that docs/rows.yaml does not know: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 1
    for row, (text, missing) in rows.items():
        print(f"{row:<4} {state(shown[row]):<11} {text}")
        if missing and shown[row]:
            print(f"       missing: {missing}")
        for kind in ("live", "case", "test"):
            for result, names in grouped(shown[row], kind).items():
                print(f"       {kind} {result}: {', '.join(names[:6])}{' …' if len(names) > 6 else ''}")
    write(rows, shown)
    return 0


def promised() -> dict[str, tuple[str, str]]:
    """row → what it promises, and what it still lacks."""
    table = yaml.safe_load((ROOT / "docs/rows.yaml").read_text(encoding="utf-8"))
    return {
        row: (said["text"], said["missing"]) if isinstance(said, dict) else (said, "") for row, said in table.items()
    }


def collected() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every test there is: name, kind, rows."""
    BUILD.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q"],
        cwd=ROOT,
        env={**os.environ, "PBX_COLLECTED": str(COLLECTED)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"error: pytest could not collect the tests:\n{done.stdout[-2000:]}")
    for name, kind, rows in json.loads(COLLECTED.read_text(encoding="utf-8")):
        yield name, kind, tuple(rows)


def ran() -> dict[str, tuple[str, tuple[str, ...], str]]:
    """What stands in the JUnit files: name → kind, rows, result; a later file wins over an earlier one."""
    found = {}
    for file in sorted(BUILD.glob("*.xml"), key=lambda each: each.stat().st_mtime):
        for case in ElementTree.parse(file).iter("testcase"):
            facts = {}
            for each in case.iter("property"):
                facts.setdefault(each.get("name"), []).append(each.get("value", ""))
            if rows := facts.get("row"):
                name = facts.get("id", [f"{case.get('classname')} {case.get('name')}"])[0]
                found[name] = (facts.get("kind", ["live"])[0], tuple(rows), result(case))
    return found


def result(case: ElementTree.Element) -> str:
    for tag, word in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        if case.find(tag) is not None:
            return word
    return "passed"


def state(shown: list[Shown]) -> str:
    results = {each.result for each in shown}
    if not shown:
        return "not built"
    if "failed" in results:
        return "failing"
    if any(each.result == "passed" and each.kind == "live" for each in shown):
        return "shown live"
    return "compiled" if "passed" in results else "not run"


def grouped(shown: list[Shown], kind: str) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for each in shown:
        if each.kind == kind:
            groups.setdefault(each.result, []).append(short(each.name))
    return groups


def short(name: str) -> str:
    """`ivr/menu` for a case, the last two parts of any other test's name."""
    _, bracket, case = name.partition("test_case[")
    return case.rstrip("]") if bracket else name.rpartition("/")[2]


def write(rows: Mapping[str, tuple[str, str]], shown: Mapping[str, list[Shown]]) -> None:
    document = {
        "format_version": 1,
        "rows": [
            {
                "id": row,
                "text": text,
                "state": state(shown[row]),
                "missing": missing,
                "shown_by": [vars(each) for each in shown[row]],
            }
            for row, (text, missing) in rows.items()
        ],
    }
    (BUILD / "rows.json").write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
