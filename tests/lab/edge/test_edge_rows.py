"""A tenant's rows against a real database: the truth about changes, one owner a number, no half-way state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from edge_lab import Platform, tenant

from provisioner.core.deployment import PlayFailed
from provisioner.targets.kamailio.objects import Domain, Light, Number, Object, Subscriber, Tenant

pytestmark = pytest.mark.lab

BLOCK = "+468501101"
TABLES = ("tenants", "domains", "numbers", "subscriber", "lights")


def query(platform: Platform, text: str) -> list[str]:
    return platform.run("data", "runuser", "-u", "postgres", "--", "psql", "-At", "kamailio", "-c", text).splitlines()


def contents(platform: Platform, slug: str) -> list[str]:
    """Every row of a tenant, but for the numbers that the database gives them."""
    columns = "to_jsonb(t) - 'id'"
    return [line for table in TABLES for line in query(
        platform, f"SELECT {columns} FROM {table} t WHERE tenant = '{slug}' ORDER BY 1"
    )]  # fmt: skip


def loaded(platform: Platform, table: str, key: str) -> str:
    """What the edge holds in memory. `s:` keeps kamcmd from reading a number as a number."""
    done = platform.lab.run("edge", ["kamcmd", "htable.get", table, f"s:{key}"])
    found = [line.split(":", 1)[1].strip() for line in done.stdout.splitlines() if line.strip().startswith("value:")]
    return found[0] if found else ""


def clinic() -> list[Object]:
    return tenant("klinik", BLOCK)


@pytest.fixture(autouse=True)
def as_before(platform: Platform) -> None:
    platform.rows("klinik", clinic())


def test_the_same_again_changes_nothing(platform: Platform) -> None:
    before = contents(platform, "klinik"), query(platform, "SELECT value FROM meta")
    assert platform.rows("klinik", clinic()) == {"data": 0, "edge": 0}
    assert (contents(platform, "klinik"), query(platform, "SELECT value FROM meta")) == before


def test_only_what_differs_is_written(platform: Platform) -> None:
    identifiers = "SELECT username, id FROM subscriber WHERE tenant = 'klinik' AND username <> 'anna-desk' ORDER BY 1"
    untouched = query(platform, identifiers)
    changed = [
        replace(each, extension="199") if isinstance(each, Subscriber) and each.username == "anna-desk" else each
        for each in clinic()
        if not (isinstance(each, Number) and each.number.endswith("04"))
    ]
    changed.append(Number(f"{BLOCK}77", "klinik"))
    assert platform.rows("klinik", changed) == {"data": 1, "edge": 1}
    assert query(platform, "SELECT extension FROM subscriber WHERE username = 'anna-desk' AND tenant = 'klinik'") == [
        "199"
    ]
    assert query(platform, identifiers) == untouched
    assert (loaded(platform, "numbers", f"{BLOCK}77"), loaded(platform, "numbers", f"{BLOCK}04")) == ("klinik", "")


def test_a_phone_code_is_a_light_of_each_tenant(platform: Platform) -> None:
    asked, before = "SELECT light FROM lights WHERE tenant = 'klinik' AND dialled = '*28'", contents(platform, "fabrik")
    assert query(platform, asked) == ["klinik.switch.office"]
    changed = [
        replace(each, light="klinik.switch.shop") if isinstance(each, Light) and each.dialled == "*28" else each
        for each in clinic()
    ]
    assert platform.rows("klinik", changed) == {"data": 1, "edge": 1}
    assert query(platform, asked) == ["klinik.switch.shop"]
    assert platform.rows("klinik", [each for each in clinic() if not isinstance(each, Light)]) == {"data": 1, "edge": 1}
    assert query(platform, asked) == []
    assert contents(platform, "fabrik") == before, "it has the same codes"


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (Number("+46850110200", "klinik"), ("klinik", "numbers", "+46850110200 belongs to tenant fabrik")),
        (Domain("fabrik.example", "klinik"), ("klinik", "domains", "fabrik.example belongs to tenant fabrik")),
    ],
)
def test_what_another_tenant_has_is_refused_naming_both(
    platform: Platform, claim: Object, words: tuple[str, ...]
) -> None:
    before = contents(platform, "klinik"), contents(platform, "fabrik")
    with pytest.raises(PlayFailed) as failure:
        platform.rows("klinik", [*clinic(), claim, Number(f"{BLOCK}88", "klinik")])
    assert all(word in failure.value.message for word in words), failure.value.message
    assert (contents(platform, "klinik"), contents(platform, "fabrik")) == before


def test_a_row_that_the_database_refuses_leaves_all_as_it_was(platform: Platform) -> None:
    before = contents(platform, "klinik")
    with pytest.raises(PlayFailed, match="nothing was changed"):
        platform.rows("klinik", [*clinic(), Number("0850110199", "klinik")])
    assert contents(platform, "klinik") == before


def test_tenants_of_one_play_are_told_apart_and_written_all_or_none(platform: Platform) -> None:
    fabrik, more = tenant("fabrik", "+468501102"), Number(f"{BLOCK}87", "klinik")
    assert platform.several({"klinik": clinic(), "fabrik": fabrik})["data"].changed == 0
    result = platform.several({"klinik": [*clinic(), more], "fabrik": fabrik})["data"]
    assert (result.changed_of("klinik"), result.changed_of("fabrik")) == (1, 0)
    before = contents(platform, "klinik")
    with pytest.raises(PlayFailed, match="the rows of fabrik; nothing was changed"):
        platform.several({"klinik": clinic(), "fabrik": [*fabrik, Number("0850110199", "fabrik")]})
    assert contents(platform, "klinik") == before


def test_absent_takes_everything_of_that_tenant_and_nothing_else(platform: Platform) -> None:
    other = contents(platform, "fabrik")
    assert platform.rows("klinik", None) == {"data": 1, "edge": 1}
    assert contents(platform, "klinik") == []
    assert contents(platform, "fabrik") == other
    assert loaded(platform, "domains", "klinik.example") == ""
    assert platform.rows("klinik", None) == {"data": 0, "edge": 0}


def test_a_run_that_was_cut_off_before_the_edge_is_finished_by_the_next(platform: Platform) -> None:
    query(platform, f"INSERT INTO numbers (number, tenant) VALUES ('{BLOCK}99', 'klinik')")
    query(platform, "UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'revision'")
    assert loaded(platform, "numbers", f"{BLOCK}99") == ""
    assert platform.rows("klinik", [*clinic(), Number(f"{BLOCK}99", "klinik")]) == {"data": 0, "edge": 1}
    assert loaded(platform, "numbers", f"{BLOCK}99") == "klinik"


def test_an_edge_that_was_restarted_holds_the_present_rows(platform: Platform) -> None:
    query(platform, f"INSERT INTO numbers (number, tenant) VALUES ('{BLOCK}98', 'klinik')")
    query(platform, "UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'revision'")
    platform.run("edge", "systemctl", "restart", "kamailio")
    assert loaded(platform, "numbers", f"{BLOCK}98") == "klinik"
    assert platform.rows("klinik", [*clinic(), Number(f"{BLOCK}98", "klinik")]) == {"data": 0, "edge": 0}


def test_a_tenant_that_moves_is_one_update(platform: Platform) -> None:
    moved = [replace(each, core="core2") if isinstance(each, Tenant) else each for each in clinic()]
    assert platform.rows("klinik", moved) == {"data": 1, "edge": 1}
    assert loaded(platform, "tenants", "klinik") == f"core2,{BLOCK}00"


def test_passwords_stand_nowhere_in_the_open(platform: Platform) -> None:
    assert query(platform, "SELECT count(*) FROM subscriber WHERE password <> '' OR ha1 !~ '^[0-9a-f]{32}$'") == ["0"]
    for machine in ("data", "edge"):
        log = platform.run(machine, "journalctl", "--no-pager", "-o", "cat")
        assert "pw-klinik" not in log
        assert "lab-database" not in log
        (digest,) = query(platform, "SELECT ha1 FROM subscriber WHERE username = 'bertil-desk' AND tenant = 'klinik'")
        assert digest not in log
