"""Half a year of a provider's folder in Git: twelve commits, always the same ones, so that their digests are too."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROVIDER = """\
version: 1
name: Nordtel
country: SE
number_blocks: [{from: "+46846500400", to: "+46846500499"}]
trunks: {carrier: {address: carrier.example}}
catalogue:
  currency: SEK
  base: {price: 495, features: [ivr, ring_group, schedule, shared_voicemail]}
  plans:
    professional: {price: 129, features: [desk, voicemail, forwarding, direct_number, international, premium]}
    business: {price: 189, includes: professional}
  numbers: {direct: 10}
environments: {lab: {target: lab}}
"""

ACME = """\
version: 1
name: Acme AB
domain: acme.example
time_zone: Europe/Stockholm
language: en
country: SE

sites:
  house: {emergency_address: {street: Torget 1, postal_code: "112 33", city: Stockholm}}

numbers:
  "+46846500400": {kind: main, destination: "schedule:office"}
  "+46846500410": {kind: direct, destination: "user:anna"}
  "+46846500420": {kind: direct, destination: "user:bo"}

users:
  anna:
    {name: Anna Berg, extension: 101, plan: professional, devices: {desk: {kind: desk}}, voicemail: {}}
BO
prompts:
  closed: {text: We are closed.}

schedules:
  office:
    weekly: {mon-fri: "08:00-17:00"}
    open: ring_group:desk
    closed: voicemail:info

ring_groups:
  desk: {extension: 900, members: ["user:anna", "user:bo"], no_answer: "voicemail:info"}

voicemail:
  info: {members: [anna, bo], greeting: closed}
"""

BETA = """\
version: 1
name: Beta AB
domain: beta.example
time_zone: Europe/Stockholm
language: en
country: SE
sites: {house: {emergency_address: {street: Torget 2, postal_code: "112 33", city: Stockholm}}}
numbers: {"+46846500420": {kind: main, destination: "user:eva"}}
users:
  eva: {name: Eva Lund, extension: 10, plan: professional, devices: {desk: {kind: desk}}}
"""

BO = """\
  bo:
    {name: Bo Ek, extension: 102, plan: professional, devices: {desk: {kind: desk}}, voicemail: {}}
"""

CECILIA = """\
  cecilia:
    {name: Cecilia Dahl, extension: 103, plan: professional, devices: {desk: {kind: desk}},
      call_permission: international}
"""


FIRST = (("provider.yaml", PROVIDER), ("tenants/acme.yaml", ACME.replace("BO\n", BO + "\n")))


@dataclass(frozen=True)
class Step:
    """A commit: parts of the tenant's file that are written otherwise, and files that come."""

    day: str
    author: str
    subject: str
    edits: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()


STEPS = (
    Step("2026-01-02", "Anna Berg", "Acme begins", files=FIRST),
    Step("2026-01-12", "Bo Ek", "Close early on Fridays", (
        ('mon-fri: "08:00-17:00"', 'mon-thu: "08:00-17:00", fri: "08:00-15:00"'),
    )),
    Step("2026-01-20", "Anna Berg", "Cecilia begins", (
        ("\nprompts:", CECILIA + "\nprompts:"),
        ("\nusers:", '  "+46846500411": {kind: direct, destination: "user:cecilia"}\n\nusers:'),
    )),
    Step("2026-02-02", "Bo Ek", "Tidy up", (
        ('["user:anna", "user:bo"], no_answer', '["user:bo", "user:anna"], ring_time: 20s, no_answer'),
        ("members: [anna, bo]", 'members: ["user:bo", "user:anna"]'),
    )),
    Step("2026-02-16", "Anna Berg", "A menu in front", (
        ("open: ring_group:desk", "open: ivr:main"),
        ("\nring_groups:", "\nivr:\n  main: {prompt: closed, keys: {1: ring_group:desk, 2: user:cecilia}, "
         "exhausted: voicemail:info}\n\nring_groups:"),
    )),
    Step("2026-03-02", "Anna Berg", "Bo takes over 411", (
        ('411": {kind: direct, destination: "user:cecilia"', '411": {kind: direct, destination: "user:bo"'),
    )),
    Step("2026-03-16", "Cecilia Dahl", "Summer", (
        ("    open: ivr:main", "    vacations: [{date: 2026-07-06..2026-07-31, prompt: closed}]\n    open: ivr:main"),
    )),
    Step("2026-04-01", "Bo Ek", "Call the desk what it is", (
        ("ring_group:desk", "ring_group:reception"),
        ("  desk: {extension: 900", "  reception: {extension: 900"),
    )),
    Step("2026-04-13", "Anna Berg", "Fewer rights", (
        ('members: ["user:bo", "user:anna"], greeting', "members: [anna], greeting"),
        ("call_permission: international", "call_permission: national"),
    )),
    Step("2026-05-04", "Anna Berg", "Business for Anna", (
        ("Anna Berg, extension: 101, plan: professional", "Anna Berg, extension: 101, plan: business"),
    )),
    Step("2026-06-01", "Anna Berg", "Beta takes over 420", (
        ('  "+46846500420": {kind: direct, destination: "user:bo"}\n', ""),
    ), (("tenants/beta.yaml", BETA),)),
    Step("2026-06-15", "Anna Berg", "Bo leaves", (
        (BO, ""),
        ('["user:bo", "user:anna"], ring_time', '["user:cecilia", "user:anna"], ring_time'),
        ('411": {kind: direct, destination: "user:bo"', '411": {kind: direct, destination: "user:cecilia"'),
    )),
)  # fmt: skip


def live(folder: Path) -> None:
    """Makes a repository of the folder; tags `c1` to `c12` name its commits."""
    git(folder, "init", "-q", "-b", "main")
    for number, step in enumerate(STEPS, start=1):
        for path, text in step.files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        file = folder / "tenants/acme.yaml"
        text = file.read_text(encoding="utf-8")
        for old, new in step.edits:
            assert old in text, f"{step.subject}: {old!r}"
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", step.subject, step=step)
        git(folder, "tag", f"c{number}")


def git(folder: Path, *words: str, step: Step = STEPS[0]) -> str:
    name, mail = step.author, f"{step.author.split()[0].lower()}@nordtel.example"
    when = f"{step.day}T10:00:00+01:00"
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_NAME": name for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": mail for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": when for who in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *words], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
