"""Policies in Rego, asked by Open Policy Agent (`opa` 1.0 or newer, which must be on PATH).

A policy is a package `pbx.tenant.NAME`, `pbx.platform.NAME` or `pbx.plan.NAME` whose metadata say what a decorator says
in Python, and whose rule `breach` holds an object for each place:

    # METADATA
    # title: Group that rings too long
    # description: Callers give up after 15 s.
    # custom: {code: ACME-4, remedy: Ring at most 15 s.}
    package pbx.tenant.patience

    breach contains {"path": ["ring_groups", name, "ring_time"], "message": "it rings long"} if {
        some name, group in input.tenant.ring_groups
        group.ring_time > 15
    }
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from provisioner.core.errors import PbxError
from provisioner.core.findings import Severity
from provisioner.core.policies import Breach, Mark, Policy, plan_policy, platform_policy, tenants_policy

SECONDS = 60
MARKS = {"tenant": tenants_policy, "platform": platform_policy, "plan": plan_policy}
EACH_TENANT = """\
[object.union(found, {{"tenant": slug}}) |
    some slug, tenant in input.tenants
    some found in {rule} with input as {{"slug": slug, "tenant": tenant}}
]"""
ONCE = "[found | some found in {rule}]"


def policies(folder: Path) -> Iterator[tuple[Policy, Path]]:
    """Every policy of the folder's Rego files, with its file; raises PbxError where one cannot be read."""
    files = [each for each in sorted(folder.glob("*.rego")) if not each.name.endswith("_test.rego")]
    if not files:
        return
    told = json.loads(_opa(["inspect", "--annotations", "--format", "json", str(folder)], files[0]))
    for each in told.get("annotations", []):
        path = [step["value"] for step in each["path"]]
        if each["annotations"]["scope"] == "package" and path[:2] == ["data", "pbx"] and len(path) == 4:
            file = folder / Path(each["location"]["file"]).name
            yield _policy(path[2], ".".join([*path, "breach"]), each["annotations"], file, files), file


def _policy(over: str, rule: str, said: Mapping[str, Any], file: Path, files: Sequence[Path]) -> Policy:
    custom = said.get("custom", {})
    try:
        facts = {
            "why": said["description"],
            "remedy": custom["remedy"],
            "severity": Severity(custom.get("severity", "error")),
        }
        mark: Mark = MARKS[over](custom["code"], said["title"], **facts)
    except (KeyError, ValueError) as error:
        what = (
            "title, description, custom: {code, remedy, severity}, in a package of pbx.tenant, pbx.platform or pbx.plan"
        )
        raise PbxError(f"{file}: the metadata of {rule} lack or mistake {error}", f"write {what}") from None
    query = (EACH_TENANT if over == "tenant" else ONCE).format(rule=rule)

    def check(*asked: Any) -> Iterable[Breach]:
        given = {"tenant": ("tenants",), "platform": ("provider", "tenants"), "plan": ("plan",)}[over]
        document = {"plan": asked[0]} if over == "plan" else dict(zip(given, asked, strict=True))
        return [_breach(each) for each in _asked(query, document, files)]

    return mark(check)


def _asked(query: str, document: Mapping[str, Any], files: Sequence[Path]) -> list[Any]:
    data = [word for each in files for word in ("--data", str(each))]
    text = json.dumps(document, default=_plain)
    found = json.loads(_opa(["eval", *data, "--stdin-input", "--format", "json", query], files[0], text))
    values = [each["value"] for result in found.get("result", []) for each in result["expressions"]]
    return values[0] if values else []


def _plain(value: object) -> object:
    """A model as its file says it, defaults filled in."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _breach(found: Any) -> Breach:
    if not isinstance(found, dict) or not isinstance(found.get("message"), str):
        raise ValueError(
            f"{found!r} is no breach: an object with `message`, and `path`, `expected`, `tenant` where they help"
        )
    path = found.get("path", [])
    steps = path.split(".") if isinstance(path, str) else path
    return Breach(tuple(steps), found["message"], str(found.get("expected", "")), str(found.get("tenant", "")))


def _opa(words: Sequence[str], file: Path, text: str = "") -> str:
    program = shutil.which("opa")
    if program is None:
        raise PbxError(f"{file} is asked by opa, and there is none on PATH", "install Open Policy Agent 1.0 or newer")
    try:
        done = subprocess.run([program, *words], input=text, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise PbxError(
            f"opa did not answer within {SECONDS} s", "look for a policy that goes through too much"
        ) from None
    if done.returncode:
        raise PbxError(f"opa: {_reason(done.stdout, done.stderr)}", "mend the policy, or take the file away")
    return done.stdout


def _reason(out: str, err: str) -> str:
    """What opa says went wrong, with its place where it knows one."""
    try:
        first = json.loads(out)["errors"][0]
        place = first.get("location") or {}
        return f"{place.get('file', '')}:{place.get('row', '')}: {first['message']}".lstrip(":")
    except (ValueError, LookupError, TypeError):
        return (err or out).strip()[:400]
