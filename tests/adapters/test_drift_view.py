"""What machines are asked for `pbx drift`, and what is made of their answers, behind a fake of Ansible."""

from __future__ import annotations

import hashlib
import json
import runpy
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from provisioner.adapters.bundles import BundleStore
from provisioner.adapters.live import books
from provisioner.adapters.live.drift_view import AnsibleLive, mark
from provisioner.adapters.pulumi.carry import Means, carry_out
from provisioner.core.deployment import HostResult, Kind, Play, PlayFailed, Progress
from provisioner.core.drift import OTHER_SECRET, SECRET, Applied
from provisioner.pipeline import laid
from provisioner.targets.asterisk import bundle as asterisk
from provisioner.targets.asterisk import people
from provisioner.targets.kamailio import rows
from tests.pipeline.test_deploy import EXAMPLES, SITE, House
from tests.roles.on_a_machine import ROLES, load

TENANT = "kiosken"


@dataclass
class FakePlaybooks:
    """Remembers the play, and answers what it is told to."""

    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    set_up: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    """Machine → tasks of its roles that would change something, and what they are about."""
    fails: str = ""
    """The machine whose roles fail after those tasks."""
    plays: list[Play] = field(default_factory=list)

    def run(
        self, play: Play, progress: Progress, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HostResult, ...]:
        del progress, cancelled
        self.plays.append(play)
        if play.check:
            host = str(play.variables["pbx_machine"])
            about = self.set_up.get(host, {})
            results = (HostResult(host, 9, len(about), tuple(about), about=about),)
            if host == self.fails:
                failure = PlayFailed(f"host {host}, task “Packages”: none to be had", "give it one", host, "Packages")
                failure.results = results
                raise failure
            return results
        return tuple(HostResult(host, 4, 0, (), seen) for host, seen in self.answers.items())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("house") / "folder"
    shutil.copytree(EXAMPLES, folder)
    for slug in ("nordverk", "solglantan"):
        (folder / "tenants" / f"{slug}.yaml").unlink()
    made = House(folder)
    made.apply()
    return made


def applied(house: House) -> Applied:
    tools = house.tools
    return laid.state(
        SITE, house.engine.stacks(), house.engine.outputs, tools.bundles, tools.secrets, tools.roles_digest
    ).applied


def means(house: House, playbooks: FakePlaybooks) -> Means:
    resolvers = {(rows.PRODUCT, rows.FILE): rows.with_ha1, (asterisk.PRODUCT, people.PATH): people.with_ha1}
    return Means(BundleStore(house.folder / ".pbx"), house.secrets, playbooks, resolvers)


def asked(house: House) -> dict[str, Any]:
    playbooks = FakePlaybooks()
    AnsibleLive(means(house, playbooks), SITE, lambda _: None).look(applied(house))
    (play,) = (each for each in playbooks.plays if not each.check)
    return {name: json.loads(text) for name, text in play.overlay.items()}


def test_one_play_asks_every_machine(house: House) -> None:
    expected = asked(house)
    assert set(expected) == {"core.json", "data.json", "edge.json"}
    assert expected["edge.json"]["memory"]["domains"] == {"kiosken.example": TENANT}
    assert expected["edge.json"]["memory"]["tenants"] == {TENANT: "core,+46980319200"}
    assert set(expected["data.json"]["rows"]) == {TENANT}
    assert f"/etc/asterisk/pbx/tenants/{TENANT}/extensions.conf" in expected["core.json"]["files"]


def test_nothing_that_is_asked_holds_a_secret(house: House) -> None:
    text = json.dumps(asked(house))
    values = [value for value in house.secrets.values.values() if len(value) > 8]
    assert values
    assert not [value for value in values if value in text]
    assert not any(row["ha1"] in text for row in filled(house)["subscriber"])


def filled(house: House) -> Any:
    store = BundleStore(house.folder / ".pbx")
    return json.loads(rows.with_ha1(store.text(applied(house).rows[TENANT], rows.FILE), house.secrets.get))["tables"]


def test_the_content_of_a_bundle_is_what_the_node_marks_it_by(house: House, tmp_path: Path) -> None:
    """Both are made of the same files, by two programs."""
    play = carry_out(
        Kind.CORE_BUNDLE, house.engine.outputs(f"lab.tenant.{TENANT}")["core"], _quiet(house), present=True
    )
    assert play
    for path, text in play.overlay.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tenant,) = cast("list[dict[str, str]]", play.variables["pbx_tenants"])
    plugin = runpy.run_path(str(ROLES / "asterisk_common/action_plugins/pbx_core_bundle.py"))
    content = plugin["of"](tenant, tmp_path, tmp_path).content
    assert asked(house)["core.json"]["contents"] == {TENANT: content}
    assert mark(TENANT, content) == load("asterisk_common/module_utils", "pbx_running").mark(TENANT, content)


def _quiet(house: House) -> Means:
    """Sounds are made by nobody here, and are not what this is about."""
    made = means(house, FakePlaybooks())
    made.bundles.sounds = lambda _: []  # type: ignore[method-assign,assignment]
    return made


def test_rows_come_back_with_tokens_where_passwords_are_right(house: House) -> None:
    look_rows = load("drift/library", "look_rows")
    present = [{**row, "ha1": _sha(row["ha1"])} for row in filled(house)["subscriber"]]
    assert look_rows.digest(present) == asked(house)["data.json"]["rows"][TENANT]["subscriber"]

    other = [{**present[0], "ha1": _sha("0" * 32)}]
    for told, right in ((present, True), (other, False)):
        playbooks = FakePlaybooks({"data": {"rows": {TENANT: {"subscriber": told}}}})
        (seen,) = AnsibleLive(means(house, playbooks), SITE, lambda _: None).look(applied(house))
        (row, *_) = seen.rows[TENANT]["subscriber"]
        assert "ha1" not in row
        assert (row["secret"] != OTHER_SECRET) is right


def test_what_a_daemon_does_not_say_is_told(house: House) -> None:
    playbooks = FakePlaybooks(
        {
            "core": {"silent": "asterisk does not answer"},
            "edge": {"memory": [["numbers", "+46980319200", TENANT, None]]},
        }
    )
    core, edge = AnsibleLive(means(house, playbooks), SITE, lambda _: None).look(applied(house))
    assert [(each.object, each.found) for each in core.parts] == [("daemon", "asterisk does not answer")]
    assert [(each.tenant, each.object, each.field) for each in edge.parts] == [
        (TENANT, "memory numbers +46980319200", "")
    ]


def test_what_roles_would_change_is_told_once(house: House) -> None:
    firewall, nginx = frozenset({"nftables.conf"}), frozenset({"nginx.conf", "nginx"})
    postgres = frozenset({"postgresql@17-main"})
    playbooks = FakePlaybooks(
        {
            "edge": {"files": {"/etc/nginx/nginx.conf": {"there": False}}},
            "core": {},
            "data": {"services": {"postgresql@*": "inactive"}},
        },
        {"edge": {"Firewall": firewall, "Configuration": nginx}, "data": {"It runs": postgres}},
    )
    seen = AnsibleLive(means(house, playbooks), SITE, lambda _: None).look(applied(house))
    assert {each.host: [part.object for part in each.parts] for each in seen} == {
        "edge": ["set-up Firewall"],
        "core": [],
        "data": [],
    }
    assert sorted(str(each.variables["pbx_machine"]) for each in playbooks.plays if each.check) == [
        "core",
        "data",
        "edge",
    ]
    assert [each.playbook for each in playbooks.plays if not each.check] == ["drift.yml"]


def test_what_a_role_cannot_even_try_is_drift_too(house: House) -> None:
    firewall = {"Firewall": frozenset({"nftables.conf"})}
    playbooks = FakePlaybooks({"core": {}, "data": {}, "edge": {}}, {"core": firewall}, fails="core")
    core, *others = AnsibleLive(means(house, playbooks), SITE, lambda _: None).look(applied(house))
    assert [(each.object, each.found) for each in core.parts] == [
        ("set-up Firewall", "otherwise"),
        ("set-up Packages", "host core, task “Packages”: none to be had"),
    ]
    assert [each.parts for each in others] == [(), ()]


def test_machines_that_another_version_set_up_are_told_and_not_compared(house: House) -> None:
    tools = house.tools
    found = laid.state(
        SITE, house.engine.stacks(), house.engine.outputs, tools.bundles, tools.secrets, lambda _: "of a new version"
    )
    assert found.applied.machines == {}
    assert found.unsure == {"lab.platform": "this pbx sets machines up otherwise: apply first"}
    assert found.applied.files, "what is laid down is looked at"


LDIF = """\
dn: o=acme,dc=pbx
objectClass: organization
o: acme

dn: uid=desk,ou=telephones,o=acme,dc=pbx
objectClass: account
userPassword: {SSHA}abc

dn: uid=user.anna,ou=book,o=acme,dc=pbx
cn:: w4Vz
telephoneNumber: +46850100101
telephoneNumber: 101
"""


def test_a_book_is_named_on_both_sides_alike_and_compared_entry_by_entry() -> None:
    on_the_machine = load("ldap_common/module_utils", "pbx_ldap")
    found = {
        "o=acme,dc=pbx": {"o": [b"acme"], "objectClass": [b"organization"]},
        "uid=desk,ou=telephones,o=acme,dc=pbx": {"objectClass": [b"account"], "userPassword": [b"{SSHA}abc"]},
        "uid=user.anna,ou=book,o=acme,dc=pbx": {"cn": ["Ås".encode()], "telephoneNumber": [b"101", b"+46850100101"]},
    }
    expected = books.tree(LDIF)
    shown = on_the_machine.shown(found)
    assert shown == expected
    assert on_the_machine.digest(shown) == books.digest(expected)
    assert list(books.differing("acme", expected, shown)) == []

    found["uid=user.anna,ou=book,o=acme,dc=pbx"]["telephoneNumber"] = [b"102"]
    found["uid=desk,ou=telephones,o=acme,dc=pbx"]["userPassword"] = [b"{SSHA}xyz"]
    found["uid=contact.x,ou=book,o=acme,dc=pbx"] = {"cn": [b"X"]}
    differ = list(books.differing("acme", expected, on_the_machine.shown(found)))
    assert [(each.object, each.field, each.expected, each.found) for each in differ] == [
        ("book-contact x", "", None, "there"),
        ("book-telephone desk", "userPassword", SECRET, OTHER_SECRET),
        ("book-user anna", "telephoneNumber", "+46850100101, 101", "102"),
    ]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
