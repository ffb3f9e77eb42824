"""What the module of chat hosts asks of ejabberd: what differs and nothing else. It is a small one in memory."""

from __future__ import annotations

import contextlib
import json
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from provisioner.pipeline.run import compiled
from tests.roles.on_a_machine import load

pytestmark = pytest.mark.row("C4")

FILE = Path(__file__).parents[2] / "roles/chat_common/module_utils/pbx_chat.py"
FOLDER = Path(__file__).parents[1] / "lab/reception/folder"
MODULE = runpy.run_path(str(FILE))
Host, Daemon, Refused = MODULE["Host"], MODULE["Daemon"], MODULE["Refused"]


class Ejabberd:
    """The commands that the module uses, as ejabberd 26.07 answers them."""

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {}
        self.banned: set[str] = set()
        self.groups: dict[str, dict[str, Any]] = {}
        self.rooms: dict[str, dict[str, str]] = {}
        self.affiliations: dict[str, dict[str, str]] = {}
        self.changes: list[str] = []

    def do(self, command: str, **arguments: Any) -> None:
        self.changes.append(command)
        getattr(self, command)(**arguments)

    def ask(self, command: str, **arguments: Any) -> Any:
        return getattr(self, command)(**arguments)

    def registered_users(self, **_: str) -> list[str]:
        return list(self.accounts)

    def register(self, user: str, password: str, **_: str) -> None:
        assert user not in self.accounts
        self.accounts[user] = password

    def change_password(self, user: str, newpass: str, **_: str) -> None:
        self.accounts[user] = newpass

    def check_password(self, user: str, password: str, **_: str) -> int:
        return 0 if self.accounts[user] == password and user not in self.banned else 1

    def get_ban_details(self, user: str, **_: str) -> dict[str, str]:
        return {"reason": "any"} if user in self.banned else {}

    def ban_account(self, user: str, **_: str) -> None:
        self.banned.add(user)

    def unban_account(self, user: str, **_: str) -> None:
        self.banned.remove(user)

    def set_vcard(self, name: str, **_: str) -> None:
        assert name == "FN"

    def srg_list(self, **_: str) -> list[str]:
        return list(self.groups)

    def srg_create(self, group: str, label: str, display: list[str], **_: str) -> None:
        unknown = [each for each in display if each not in self.groups and each != group]
        assert not unknown, "ejabberd refuses a group that shows one that is not there"
        members = self.groups.get(group, {}).get("members", set())
        self.groups[group] = {"label": label, "display": display, "members": members}

    def srg_delete(self, group: str, **_: str) -> None:
        del self.groups[group]

    def srg_get_info(self, group: str, **_: str) -> list[dict[str, str]]:
        shown = "\n, \n".join(self.groups[group]["display"])
        facts = {"description": "", "displayed_groups": shown, "label": self.groups[group]["label"]}
        return [{"key": key, "value": value} for key, value in facts.items()]

    def srg_get_members(self, group: str, **_: str) -> list[str]:
        return sorted(self.groups[group]["members"])

    def srg_user_add(self, user: str, host: str, group: str, **_: str) -> None:
        self.groups[group]["members"].add(f"{user}@{host}")

    def srg_user_del(self, user: str, host: str, group: str, **_: str) -> None:
        self.groups[group]["members"].remove(f"{user}@{host}")

    def get_room_options(self, room: str, **_: str) -> dict[str, str]:
        return self.rooms.get(room, {})

    def create_room_with_opts(self, room: str, options: list[dict[str, str]], **_: str) -> None:
        given = {each["name"]: each["value"] for each in options}
        pairs = [each.split(":") for each in given.pop("affiliations", "").split(";") if each]
        self.rooms[room] = {"lang": "en"} | given
        self.affiliations[room] = {jid: what for what, jid in pairs}

    def change_room_option(self, room: str, option: str, value: str, **_: str) -> None:
        self.rooms[room][option] = value

    def destroy_room(self, room: str, **_: str) -> None:
        del self.rooms[room]

    def get_room_affiliations(self, room: str, **_: str) -> list[dict[str, str]]:
        return [{"jid": jid, "affiliation": what, "reason": ""} for jid, what in self.affiliations[room].items()]

    def set_room_affiliation(self, room: str, user: str, host: str, affiliation: str, **_: str) -> None:
        self.affiliations[room][f"{user}@{host}"] = affiliation
        if affiliation == "none":
            del self.affiliations[room][f"{user}@{host}"]


@pytest.fixture(autouse=True)
def quotas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the machine that ejabberd reads; nobody here is root, so files keep their owner."""
    inside = Host.steps.__globals__
    monkeypatch.setitem(inside, "QUOTAS", tmp_path)
    monkeypatch.setitem(MODULE, "QUOTAS", tmp_path)
    monkeypatch.setattr(inside["shutil"], "chown", lambda *_: None)


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    """What the tenant `chat` of the reception's folder is to hold."""
    ((_, bundles),) = compiled(FOLDER, frozenset({"chat"}))
    (bundle,) = [each for each in bundles if each.product == "chat"]
    wanted: dict[str, Any] = json.loads(next(each.text for each in bundle.files if each.path == "chat.json"))
    return wanted


class Tenant:
    """A daemon, what is wanted of it, and the note that the module keeps."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self.daemon, self.wanted = Ejabberd(), json.loads(json.dumps(wanted))
        self.note: dict[str, Any] = {}

    def apply(self, *, dry: bool = False) -> list[str]:
        self.daemon.changes.clear()
        done = [each.words for each in Host(self.daemon, self.wanted, self.note, dry=dry).steps()]
        if not dry:
            names = {each["user"]: each["name"] for each in self.wanted["accounts"]}
            self.note = {"names": names, "rooms": [each["id"] for each in self.wanted["rooms"]]}
        return done


@pytest.fixture
def tenant(declared: dict[str, Any]) -> Tenant:
    made = Tenant(declared)
    made.apply()
    return made


def test_everything_is_made_once(tenant: Tenant) -> None:
    daemon = tenant.daemon
    assert set(daemon.accounts) == {"anna", "bo", "cecilia", "dora", "erik", "sigrid", "guest.lars"}
    assert daemon.groups["all"]["members"] == {
        f"{each}@chat.example" for each in ("anna", "bo", "cecilia", "erik", "sigrid")
    }
    assert daemon.affiliations["deals"] == {
        "anna@chat.example": "admin",
        "bo@chat.example": "member",
        "guest.lars@chat.example": "member",
    }
    assert tenant.apply() == []
    assert daemon.changes == []


def test_a_dry_run_says_the_same_and_does_nothing(declared: dict[str, Any]) -> None:
    made = Tenant(declared)
    assert "account anna made" in made.apply(dry=True)
    assert made.daemon.changes == []
    assert made.daemon.accounts == {}


def test_what_was_changed_by_hand_is_put_back(tenant: Tenant) -> None:
    daemon = tenant.daemon
    daemon.rooms["deals"]["members_only"] = "false"
    daemon.affiliations["deals"] |= {"erik@chat.example": "owner", "bo@chat.example": "outcast"}
    daemon.groups["all"]["members"].remove("bo@chat.example")
    daemon.accounts["anna"] = "another"
    assert tenant.apply() == [
        "password of anna set",
        "bo in group all",
        "members_only of room deals set",
        "bo is member in room deals",
        "erik is none in room deals",
    ]
    assert tenant.apply() == []


def test_what_users_live_with_is_left_alone(tenant: Tenant) -> None:
    daemon = tenant.daemon
    daemon.create_room_with_opts("lunch", [])
    daemon.rooms["deals"]["lang"] = "sv"
    daemon.affiliations["deals"]["cecilia@chat.example"] = "outcast"
    assert tenant.apply() == []
    assert "lunch" in daemon.rooms


def test_whoever_leaves_is_locked_out_and_comes_back_to_what_was_hers(tenant: Tenant) -> None:
    (bo,) = (each for each in tenant.wanted["accounts"] if each["user"] == "bo")
    tenant.wanted["accounts"].remove(bo)
    assert tenant.apply() == ["account bo locked", "bo may have 0 bytes of files"]
    assert "bo" in tenant.daemon.accounts
    assert tenant.apply() == []
    tenant.wanted["accounts"].append(bo)
    assert tenant.apply() == ["account bo unlocked", "bo is called Bo Ek", "bo may have 2000000000 bytes of files"]


def test_a_guest_is_locked_out_when_her_time_is_over(tenant: Tenant) -> None:
    (lars,) = (each for each in tenant.wanted["accounts"] if each["user"] == "guest.lars")
    lars["until"] = "2026-01-01T00:00:00+01:00"
    assert tenant.apply() == ["account guest.lars locked"]


def test_files_are_as_many_as_the_file_says_and_drift_tells_what_was_changed(tenant: Tenant) -> None:
    quotas = MODULE["QUOTAS"] / "chat.example"
    assert quotas.read_text().splitlines()[:2] == ['{<<"anna">>, 2000000000}.', '{<<"bo">>, 2000000000}.']
    assert "guest.lars" not in quotas.read_text()
    quotas.write_text(quotas.read_text().replace('{<<"bo">>, 2000000000}.', '{<<"eve">>, 5}.'))
    steps = list(Host(tenant.daemon, tenant.wanted, tenant.note, dry=True).steps())
    assert [(each.object, each.field, each.expected, each.found) for each in steps] == [
        ("chat-account bo", "storage", "2000000000", None),
        ("chat-account eve", "storage", None, "5"),
    ]
    assert tenant.apply() == ["bo may have 2000000000 bytes of files", "eve may have 0 bytes of files"]
    assert tenant.apply() == []


def test_a_channel_and_a_team_that_leave_the_file_go(tenant: Tenant) -> None:
    tenant.wanted["rooms"] = [each for each in tenant.wanted["rooms"] if each["id"] != "deals"]
    tenant.wanted["groups"] = [{**each, "sees": ["all"]} for each in tenant.wanted["groups"] if each["id"] == "all"]
    assert tenant.apply() == ["group team-sales gone", "group all changed", "room deals gone"]
    assert tenant.apply() == []


def test_a_run_that_was_cut_off_is_finished_by_the_next(declared: dict[str, Any]) -> None:
    made = Tenant(declared)
    whole = len(Tenant(declared).apply())
    steps = Host(made.daemon, made.wanted, {}, dry=False).steps()
    first = [next(steps) for _ in range(whole // 2)]
    assert made.apply()
    assert made.apply() == []
    assert first


def test_the_page_is_told_what_the_file_says_and_goes_with_the_tenant(tmp_path: Path) -> None:
    shown, file = load("chat_tenant/library", "chat_host").shown, tmp_path / "acme.json"
    assert shown(file, "{}", True) == ["page laid down"]
    assert not file.exists()
    assert [shown(file, "{}", False), shown(file, "{}", False)] == [["page laid down"], []]
    assert file.stat().st_mode & 0o777 == 0o644, "the web server is another user"
    assert shown(file, '{"language": "sv"}', False) == ["page laid down"]
    assert file.read_text() == '{"language": "sv"}'
    assert [shown(file, None, False), shown(file, None, False)] == [["page taken away"], []]
    assert list(tmp_path.iterdir()) == []


def test_a_daemon_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Daemon(str(tmp_path / "api")).ask("status")


class Vhosts:
    """The daemon as far as it is told of hosts, and what lay where when it was."""

    def __init__(self, spool: Path) -> None:
        self.spool, self.hosts, self.seen = spool, {"chat.example"}, list[list[str]]()
        self.settings = spool.parent / "settings"

    def ask(self, command: str) -> list[str]:
        assert command == "registered_vhosts"
        return sorted(self.hosts)

    def do(self, command: str) -> None:
        assert command == "reload_config"
        listed = (self.settings / "hosts.yml").read_text()
        self.hosts = {"chat.example"} if "nova.yml" in listed or "acme.yml" in listed else set()
        self.seen.append(sorted(each.name for each in self.spool.iterdir()))


@pytest.mark.parametrize("cut", range(5))
def test_chat_follows_its_tenant_to_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    module = load("chat_tenant/library", "chat_host")
    spool, settings = tmp_path / "spool", tmp_path / "settings"
    for each in (spool / "left/acme", settings / "tenants"):
        each.mkdir(parents=True)
    for name in ("acme.sqlite3", "acme.sqlite3-wal", "left/acme/eva.json", "acme-b.sqlite3"):
        (spool / name).write_text(name)
    (spool / "acme.json").write_text(json.dumps({"domain": "chat.example"}))
    (settings / "tenants/acme.yml").write_text("hosts")
    (settings / "hosts.yml").write_text(module.listing({"acme"}))
    for name, value in (("SPOOL", spool), ("SETTINGS", settings)):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module, "noted", lambda slug: spool / f"{slug}.json")
    monkeypatch.setattr(module, "note_of", lambda slug: json.loads((spool / f"{slug}.json").read_text()))
    monkeypatch.setitem(module.lay.__globals__, "shutil", SimpleNamespace(chown=lambda *_: None))
    daemon, rename, left = Vhosts(spool), Path.rename, iter(range(cut))

    def cutting(path: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise OSError("cut off")
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", cutting)
        with contextlib.suppress(OSError):
            module.follow("acme", "nova", daemon, check_mode=False)
    module.follow("acme", "nova", daemon, check_mode=False)
    names = {str(each.relative_to(spool)) for each in spool.rglob("*") if each.is_file()}
    assert names == {"nova.sqlite3", "nova.sqlite3-wal", "left/nova/eva.json", "acme-b.sqlite3", "nova.json"}
    assert daemon.seen[0] == ["acme-b.sqlite3", "acme.json", "acme.sqlite3", "acme.sqlite3-wal", "left"], (
        "the daemon has let its database go before it is moved"
    )
    assert not (settings / "tenants/acme.yml").exists()
    assert module.follow("acme", "nova", daemon, check_mode=False) == []


def test_chat_of_another_tenant_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load("chat_tenant/library", "chat_host")
    for name in ("acme.sqlite3", "nova.sqlite3", "acme.json"):
        (tmp_path / name).write_text("{}")
    monkeypatch.setattr(module, "SPOOL", tmp_path)
    monkeypatch.setattr(module, "noted", lambda slug: tmp_path / f"{slug}.json")
    monkeypatch.setattr(module, "note_of", lambda _: {})
    monkeypatch.setattr(module, "laid_down", lambda *_: False)
    with pytest.raises(module.Refused, match=r"acme.sqlite3 cannot follow to .*nova.sqlite3, which is there already"):
        module.follow("acme", "nova", Vhosts(tmp_path), check_mode=False)
