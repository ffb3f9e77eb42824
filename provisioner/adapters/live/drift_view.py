"""The machines of an environment, asked by one run of Ansible what is not as it was applied: the port `Live`.

Each machine gets digests of what it should hold and answers with what differs, so neither the number of tenants nor
their size makes further runs. Values of secrets are put in here, in memory, to make the digests; what comes back holds
none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.adapters.pulumi.carry import Means, resolved
from provisioner.core.deployment import HostResult, Play, Progress
from provisioner.core.drift import OTHER_SECRET, Applied, Laid, Seen, SeenFile, SeenPart
from provisioner.core.site import Machine, Role, Site

from . import books, set_up_view

EXTENSIONS = "extensions.conf"
TENANTS = "/etc/asterisk/pbx/tenants"
SERVICES: Mapping[Role, tuple[str, ...]] = {
    Role.DATA: ("postgresql@*", "nftables"),
    Role.EDGE: ("kamailio", "rtpengine-daemon", "nginx", "pbx-ldap", "nftables"),
    Role.CORE: (
        *("asterisk", "pbx-speech", "pbx-notices", "pbx-figures", "pbx-calls", "pbx-people", "pbx-calendars"),
        *("pbx-contacts", "pbx-names", "pbx-transcripts"),
        *("pbx-switches.timer", "pbx-recordings.timer", "nftables"),
    ),
}

BESIDE: Mapping[str, tuple[str, ...]] = {
    "/etc/pbx-chat/ejabberd.yml": ("pbx-chat", "pbx-chat-ends.timer", "pbx-chat-phones"),
    "/etc/pbx-video/livekit.yaml": ("pbx-livekit", "pbx-meet"),
}
"""Settings → services of the edge that has them."""

Rows = Mapping[str, list[dict[str, str]]]


class AnsibleLive:
    """`means` resolves secrets and runs playbooks; `site` says which machines there are."""

    def __init__(self, means: Means, site: Site, progress: Progress) -> None:
        self._means = means
        self._site = site
        self._progress = progress
        self._filled: dict[str, dict[str, str]] = {}

    def look(self, applied: Applied) -> tuple[Seen, ...]:
        rows = {slug: json.loads(self._text(digest, "rows.json"))["tables"] for slug, digest in applied.rows.items()}
        telephones = {slug: self._telephones(digest) for slug, digest in applied.telephones.items()}
        overlay = {
            f"{each.name}.json": json.dumps(self._expected(each, applied, rows, telephones))
            for each in self._site.machines
        }
        results = self._means.playbooks.run(Play("drift.yml", {}, overlay=overlay), self._progress)
        seen = tuple(self._seen(each, applied, rows) for each in results)
        return set_up_view.looked_at(seen, applied.machines, self._means, self._progress)

    def _expected(
        self, machine: Machine, applied: Applied, rows: Mapping[str, Rows], telephones: Mapping[str, dict[str, str]]
    ) -> dict[str, Any]:
        laid = [each for each in applied.files if each.host == machine.name]
        here = sorted({each.tenant for each in laid if each.tenant})
        contents = {slug: self._content([each for each in laid if each.tenant == slug]) for slug in here}
        folders = [TENANTS] if applied.whole else [f"{TENANTS}/{slug}" for slug in here]
        paths = {each.path for each in laid}
        beside = (each for path, those in BESIDE.items() if path in paths for each in those)
        services = (*SERVICES[machine.role], *beside)
        expected: dict[str, Any] = {
            "whole": applied.whole,
            "platform": applied.platform,
            "files": {each.path: self._sha256(each, contents) for each in laid},
            "secret": [each.path for each in laid if each.file and each.file in self._resolved(each.digest)],
            "folders": folders if machine.role is Role.CORE else [],
            "services": services if applied.platform else (),
        }
        if chats := {
            slug: self._chat(digest) for slug, (node, digest) in applied.chats.items() if node == machine.name
        }:
            expected["chat"] = chats
        if machine.role is Role.CORE:
            expected["contents"] = contents
        elif machine.role is Role.DATA:
            expected["rows"] = {
                slug: {table: _digest(_veiled(each)) for table, each in of.items()} for slug, of in rows.items()
            }
        else:
            expected["memory"] = memory(rows)
            expected["books"] = {slug: books.digest(self._book(digest)) for slug, digest in applied.books.items()}
            edge = self._site.public_name or machine.public_address
            expected["telephones"] = {
                slug: {_sha256(path): _sha256(text.replace("@EDGE@", edge)) for path, text in files.items()}
                for slug, files in telephones.items()
            }
        return expected

    def _resolved(self, digest: str) -> dict[str, str]:
        if digest not in self._filled:
            self._filled[digest] = resolved(digest, self._means)
        return self._filled[digest]

    def _text(self, digest: str, file: str) -> str:
        found = self._resolved(digest).get(file)
        return self._means.bundles.text(digest, file) if found is None else found

    def _sha256(self, laid: Laid, contents: Mapping[str, str]) -> str:
        """Empty for a file whose content nobody knows here, a sound: it has to be there."""
        if not laid.file:
            return ""
        text = self._text(laid.digest, laid.file)
        if laid.tenant and laid.file == EXTENSIONS:
            text += mark(laid.tenant, contents[laid.tenant])
        return _sha256(text)

    def _content(self, laid: Iterable[Laid]) -> str:
        """What the mark at the end of a tenant's dialplan names: all its files, secrets in place."""
        files = {each.file: each.digest for each in laid if each.file}
        lines = (f"{name}\0{_sha256(self._text(digest, name))}\n" for name, digest in sorted(files.items()))
        return _sha256("".join(lines))

    def _chat(self, digest: str) -> dict[str, Any]:
        """What a tenant's chat shall hold, without passwords: users cannot change them."""
        wanted: dict[str, Any] = json.loads(self._means.bundles.text(digest, "chat.json"))
        accounts = [{key: each[key] for key in each if key != "password"} for each in wanted["accounts"]]
        return {**wanted, "accounts": accounts}

    def _telephones(self, digest: str) -> dict[str, str]:
        """Path below the tenant's folder → text. The path is as secret as the text."""
        files = self._resolved(digest)
        folders = json.loads(files.get("index.json", "{}"))
        return {
            f"{folders[account]}/{name}": text
            for path, text in files.items()
            if (account := path.partition("/")[0]) in folders and (name := path.partition("/")[2])
        }

    def _book(self, digest: str) -> books.Tree:
        return books.tree("".join(self._resolved(digest).values()))

    def _names(self, applied: Applied, slug: str) -> dict[str, str]:
        """SHA-256 of the path of a telephone's file → `<account>/<file>`."""
        if slug not in applied.telephones:
            return {}
        files = self._resolved(applied.telephones[slug])
        account_of = {folder: account for account, folder in json.loads(files.get("index.json", "{}")).items()}
        paths = self._telephones(applied.telephones[slug])
        return {_sha256(path): f"{account_of[path.partition('/')[0]]}/{path.partition('/')[2]}" for path in paths}

    def _seen(self, result: HostResult, applied: Applied, rows: Mapping[str, Rows]) -> Seen:
        answer = result.seen
        wrong = {
            (slug, self._names(applied, slug).get(name, "?")): SeenFile(**facts)
            for slug, files in answer.get("telephones", {}).items()
            for name, facts in files.items()
        }
        parts = [SeenPart(*each) for each in answer.get("parts", ())]
        parts += [_in_memory(*each) for each in answer.get("memory", ())]
        parts += [SeenPart(*each) for each in answer.get("chat", ())]
        for slug, there in answer.get("books", {}).items():
            parts += books.differing(slug, self._book(applied.books[slug]) if slug in applied.books else {}, there)
        if silent := answer.get("silent"):
            parts.append(SeenPart("", "daemon", "", "answers", silent))
        return Seen(
            result.host,
            {path: SeenFile(**facts) for path, facts in answer.get("files", {}).items()},
            wrong,
            {
                slug: _unveiled(of, self._template(applied, slug), rows.get(slug, {}))
                for slug, of in answer.get("rows", {}).items()
            },
            tuple(parts),
            answer.get("services", {}),
        )

    def _template(self, applied: Applied, slug: str) -> Rows:
        """The rows of a tenant with tokens in place of passwords."""
        if slug not in applied.rows:
            return {}
        tables: Rows = json.loads(self._means.bundles.text(applied.rows[slug], "rows.json"))["tables"]
        return tables


def mark(slug: str, content: str) -> str:
    """The end that a core node gives a tenant's dialplan (`pbx_running.mark` in the roles)."""
    return f"[pbx.bundles]\nexten => {slug.replace('-', '_')},1,NoOp({content})\n"


def memory(rows: Mapping[str, Rows]) -> dict[str, dict[str, str]]:
    """Kamailio's tables as it loads them: table → key → value, several columns joined by commas."""
    tables: dict[str, dict[str, str]] = {"tenants": {}, "domains": {}, "numbers": {}}
    for slug, of in rows.items():
        tables["tenants"] |= {row["slug"]: f"{row['core']},{row['main_number']}" for row in of["tenants"]}
        tables["domains"] |= {row["domain"]: slug for row in of["domains"]}
        tables["numbers"] |= {row["number"]: slug for row in of["numbers"]}
    return tables


def _in_memory(table: str, key: str, expected: str | None, found: str | None) -> SeenPart:
    value = expected if expected is not None else found or ""
    tenant = key if table == "tenants" else value
    return SeenPart(tenant, f"memory {table} {key}", "" if None in (expected, found) else "value", expected, found)


def _veiled(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**each, "ha1": _sha256(each["ha1"])} if "ha1" in each else each for each in rows]


def _unveiled(found: Rows, template: Rows, filled: Rows) -> dict[str, list[dict[str, str]]]:
    """Rows as a machine tells them, with the token of the password where it is the right one."""
    right = {
        (row["username"], row["domain"]): (_sha256(full["ha1"]), row["secret"])
        for row, full in zip(template.get("subscriber", []), filled.get("subscriber", []), strict=True)
    }
    told: dict[str, list[dict[str, str]]] = {}
    for table, rows in found.items():
        told[table] = []
        for row in rows:
            plain = {key: value for key, value in row.items() if key != "ha1"}
            if "ha1" in row:
                digest, token = right.get((row["username"], row["domain"]), ("", ""))
                plain["secret"] = token if row["ha1"] == digest else OTHER_SECRET
            told[table].append(plain)
    return told


def _digest(rows: list[dict[str, str]]) -> str:
    """Names the rows of a table, as the module `look_rows` does."""
    return _sha256("\n".join(sorted(json.dumps(each, sort_keys=True) for each in rows)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
