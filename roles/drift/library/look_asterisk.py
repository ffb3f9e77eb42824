#!/usr/bin/python3
"""Ansible module: what the running Asterisk holds otherwise than the files of its tenants say. Changes nothing.

`expected` is JSON; of it `contents` is slug → the content that the daemon shall run, as the mark at the end of the
dialplan names it. Dialplan, queues and the table of mailboxes are compared with the files as they lie here; whether
these are what was laid down is for `look_files`. Who is logged in, PINs and messages are not looked at.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ansible.module_utils import pbx_mailboxes as mailboxes
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.pbx_asterisk import ETC, Refused, ask
from ansible.module_utils.pbx_running import MARKS, TENANTS, extension, marks

Steps = dict[tuple[str, str], str]
"""Context with extension, and priority → what it does."""

Part = tuple[str, str, str, str | None, str | None]
"""Slug, object, field, expected, found."""

SHOWN = 200
"""Signs of a step beyond which the daemon may cut it short."""

EXTENSION = re.compile(r"^\s+'(?P<name>.*?)' (?:\(CID match '.*?'\) )?=>\s+(?P<step>.*)$")
NEXT = re.compile(r"^\s+(?:\[[^\]]*\]\s+)?(?P<step>\d+\. .*)$")
STEP = re.compile(r"(?:(?P<at>\d+)\. |(?P<hint>hint): )(?P<what>.*?)\s+\[[^\[\]]*\]$")
CONTEXT = re.compile(r"^\[ Context '(?P<name>.*?)' created by ")
QUEUE = re.compile(
    r"^(?P<name>\S+) has \d+ calls \(max (?P<maxlen>\S+)\) in '(?P<strategy>\S+)' strategy .*"
    r"\bW:(?P<weight>\d+),.*within (?P<servicelevel>\d+)s"
)
QUEUE_FIELDS = ("strategy", "maxlen", "weight", "servicelevel")


def written(text: str) -> Steps:
    """What a dialplan file says."""
    found: Steps = {}
    context = name = ""
    at = 0
    for line in text.splitlines():
        line = line.replace("\\;", ";")
        if line.startswith("["):
            context = line[1:].partition("]")[0]
        elif line.startswith("include => "):
            found[context, f"include {line.partition(' => ')[2]}"] = ""
        elif line.startswith(("exten => ", "same => ")):
            rest = line.partition(" => ")[2]
            if line.startswith("exten"):
                name, _, rest = rest.partition(",")
            priority, _, what = rest.partition(",")
            number = priority.partition("(")[0]
            if number != "hint":
                at = at + 1 if number == "n" else int(number)
            found[f"{context} {plain(name)}", number if number == "hint" else str(at)] = whole(what)
    return found


def plain(name: str) -> str:
    """Asterisk reads over hyphens in extensions."""
    return name.replace("-", "")


def whole(what: str) -> str:
    return what if what.endswith(")") or ":" in what else f"{what}()"


def shown(text: str) -> Steps:
    """What `dialplan show` says of everything that the daemon runs."""
    found: Steps = {}
    context = name = ""
    for line in text.splitlines():
        if matched := CONTEXT.match(line):
            context = matched["name"]
        elif line.lstrip().startswith("Include =>"):
            found[context, f"include {line.split(chr(39))[1]}"] = ""
        elif matched := EXTENSION.match(line) or NEXT.match(line):
            name = plain(matched["name"]) if "name" in matched.re.groupindex else name
            if step := STEP.match(matched["step"]):
                found[f"{context} {name}", step["at"] or "hint"] = step["what"]
    return found


def same(expected: str | None, found: str | None) -> bool:
    if expected is None or found is None:
        return expected is found
    return expected == found or (len(found) >= SHOWN and expected.startswith(found))


def owner(context: str) -> str:
    """The tenant of a context: its slug stands before the dot."""
    return context.partition(".")[0]


def dialplan(files: dict[str, str], running: Steps, stray: bool) -> Iterator[Part]:
    """`files`: slug → dialplan file; that of the platform itself under no slug is compared where it is given."""
    wanted = {key: (slug, what) for slug, text in files.items() for key, what in written(text).items()}
    for key, (slug, what) in wanted.items():
        if not key[0].startswith(f"{MARKS} ") and not same(what, running.get(key)):
            yield slug, f"dialplan {key[0]}", step_name(key[1]), what, running.get(key)
    for key, what in running.items():
        context, slug = key[0].partition(" ")[0], owner(key[0])
        # Asterisk makes contexts of its own for calls; a tenant's have a dot after its slug.
        if key not in wanted and "." in context and (slug in files or (stray and slug not in OURS)):
            yield slug, f"dialplan {key[0]}", step_name(key[1]), None, what


OURS = frozenset({"pbx", "from-edge", "parkedcalls"})
"""What contexts that are no tenant's begin with."""


def step_name(priority: str) -> str:
    return f"step {priority}" if priority.isdigit() else priority


def queues(files: dict[str, str], running: str) -> Iterator[Part]:
    known = {each["name"]: each.groupdict() for each in map(QUEUE.match, running.splitlines()) if each}
    wanted: dict[str, tuple[str, dict[str, str]]] = {}
    for slug, text in files.items():
        name = ""
        for line in text.splitlines():
            key, equals, value = line.partition(" = ")
            if line.startswith("["):
                name = line[1:-1]
                wanted[name] = (slug, {})
            elif equals and key in QUEUE_FIELDS and name:
                wanted[name][1][key] = "unlimited" if (key, value) == ("maxlen", "0") else value
    for name, (slug, facts) in wanted.items():
        if name not in known:
            yield slug, f"queue {name}", "", "there", None
            continue
        for key, value in facts.items():
            if known[name][key] != value:
                yield slug, f"queue {name}", key, value, known[name][key]
    for name in known.keys() - wanted.keys():
        if owner(name) in files:
            yield owner(name), f"queue {name}", "", None, "there"


BOXES = ("fullname", "email", "pager", "options")


def boxes(slug: str, database: sqlite3.Connection, home: Path) -> Iterator[Part]:
    """Rows of the table of mailboxes; PINs are the users' own."""
    texts = mailboxes.read(home)
    query = f"SELECT mailbox, {', '.join(BOXES)} FROM voicemail WHERE context = ?"
    found = {f"mailbox {name}": dict(zip(BOXES, rest, strict=True)) for name, *rest in database.execute(query, (slug,))}
    wanted = {
        f"mailbox {each['mailbox']}": {key: each[key] for key in BOXES} for each in mailboxes.rows(slug, texts.boxes)
    }
    lamps = "SELECT id, mailboxes, voicemail_extension FROM ps_aors WHERE substr(id, 1, length(?) + 1) = ? || '.'"
    for name, watched, opens in database.execute(lamps, (slug, slug)):
        found[f"lamp {name}"] = {"mailboxes": watched, "listen": opens}
    for name, watched, opens in mailboxes.lamps(slug, texts.waiting):
        wanted[f"lamp {name}"] = {"mailboxes": watched, "listen": opens}
    for name in sorted({*found, *wanted}):
        if name not in found or name not in wanted:
            yield slug, name, "", *(("there", None) if name in wanted else (None, "there"))
            continue
        for key, value in wanted[name].items():
            if (found[name][key] or "") != value:
                yield slug, name, key, value, found[name][key]


def parts(contents: dict[str, str], platform: bool, whole_node: bool) -> list[Part]:
    homes = {slug: TENANTS / slug for slug in contents if (TENANTS / slug).is_dir()}
    there = {slug: home / "extensions.conf" for slug, home in homes.items()}
    if platform:
        there[""] = ETC / "extensions.conf"
    plans = {slug: path.read_text(encoding="utf-8", errors="replace") for slug, path in there.items() if path.is_file()}
    lines = {
        slug: (home / "queues.conf").read_text(encoding="utf-8", errors="replace")
        for slug, home in homes.items()
        if (home / "queues.conf").is_file()
    }
    known = marks()
    found: list[Part] = [
        (slug, "bundle", "content", content, known.get(extension(slug)))
        for slug, content in contents.items()
        if known.get(extension(slug)) != content
    ]
    found += dialplan(plans, shown(ask("dialplan show")), whole_node)
    found += queues(lines, ask("queue show"))
    if mailboxes.DATABASE.exists():
        database = sqlite3.connect(f"file:{mailboxes.DATABASE}?mode=ro", uri=True, timeout=mailboxes.SECONDS)
        for slug, home in homes.items():
            found += boxes(slug, database, home)
        database.close()
    return found


def main() -> None:
    module = AnsibleModule(
        argument_spec={"expected": {"type": "str", "required": True, "no_log": True}}, supports_check_mode=True
    )
    expected = json.loads(module.params["expected"])
    try:
        found = parts(expected["contents"], expected["platform"], expected["whole"])
    except Refused as error:
        module.exit_json(changed=False, pbx_seen={"silent": str(error)})
    except (ValueError, sqlite3.Error) as error:
        module.fail_json(msg=f"mailboxes of this node cannot be compared: {error}")
    module.exit_json(changed=False, pbx_seen={"parts": [list(each) for each in found]})


if __name__ == "__main__":
    main()
