"""Live figures of queues and groups, for people and for Prometheus (row Q8)."""

from __future__ import annotations

import asyncio
import re
import urllib.request
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from provisioner.core.ports.sip import CallState
from tests.lab.reception.queue_scene import CALLER, OTHER, TENANT, eventually, figures
from tests.lab.reception.reception import Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.usefixtures("reachable")]


@pytest.mark.row("Q8")
def test_q8_live_figures_for_people_and_for_prometheus(reception: Reception) -> None:
    before = figures(reception, "queues", "support")["today"]

    async def play(stage: Stage) -> None:
        anna, bo = await stage.phone("anna"), await stage.phone("bo")
        talk = await anna.call("102")
        await stage.pick_up(bo)
        waits = await stage.dial(await stage.outside(CALLER.number), "+46846500400")
        # The queue says first how it is called; three seconds count from where she stands in it.
        await asyncio.to_thread(eventually, lambda: figures(reception, "queues", "support")["longest_wait"] >= 3, True)
        now = await asyncio.to_thread(figures, reception, "queues", "support")
        assert (now["waiting"], now["logged_in"], now["free"], now["paused"]) == (1, 1, 0, 0)
        assert 3 <= now["longest_wait"] <= 30
        assert now["members"] == [{"name": "anna", "state": "busy"}]
        scraped = await asyncio.to_thread(scrape, reception)
        assert scraped["pbx_queue_callers_waiting", "support"] == 1
        assert scraped["pbx_queue_longest_wait_seconds", "support"] >= now["longest_wait"]
        assert scraped["pbx_queue_members_logged_in", "seats"] == 2
        assert scraped["pbx_group_members_logged_in", "office"] == 2
        gives_up = await stage.dial(await stage.outside(OTHER.number), "+46846500400")
        await asyncio.to_thread(eventually, lambda: figures(reception, "queues", "support")["waiting"], 2)
        await gives_up.hang_up()
        await talk.hang_up()
        rung = await stage.pick_up(anna)
        await stage.hears(rung, stage.prompt("support"))
        await asyncio.sleep(1)
        await waits.hang_up()
        assert await rung.until(timeout=5) is CallState.ENDED

    reception.on_stage(TENANT, play)
    after, scraped = figures(reception, "queues", "support")["today"], scrape(reception)
    more = {key: after[key] - before[key] for key in ("calls", "answered", "abandoned", "overflowed", "called_back")}
    assert more == {"calls": 2, "answered": 1, "abandoned": 1, "overflowed": 0, "called_back": 0}
    assert after["mean_wait"] > 0
    # One more was answered within the queue's 20 seconds, and one more was not.
    kept = round((before["service_level"] or 0) * ended(before) / 100)
    assert after["service_level"] == round(100 * (kept + 1) / ended(after), 1)
    assert ended(after) == ended(before) + 2
    assert scraped["pbx_queue_service_level_ratio_today", "support"] == pytest.approx(after["service_level"] / 100)
    for key in ("calls", "answered", "abandoned", "overflowed", "called_back"):
        assert scraped[f"pbx_queue_{key}_today", "support"] == after[key], key

    reception.pbx("agent", TENANT, "support", "anna", "pause")
    try:
        now, scraped = figures(reception, "queues", "support"), scrape(reception)
        assert (now["logged_in"], now["free"], now["paused"], now["waiting"], now["longest_wait"]) == (1, 0, 1, 0, 0)
        assert now["members"] == [{"name": "anna", "state": "paused"}]
        assert scraped["pbx_queue_members_paused", "support"] == 1
        text = reception.pbx("queues", TENANT)
    finally:
        reception.pbx("agent", TENANT, "support", "anna", "resume")
    told = [after[key] for key in ("calls", "answered", "abandoned", "overflowed", "refused", "called_back")]
    assert re.search(r"^support +1 of 1 +0 +1 +0 +– ", text, re.M), text
    assert re.search(r"^support +" + " +".join(map(str, told)) + r" *$", text, re.M), text
    assert re.search(r"^office +2 of 2", text, re.M), text
    asked = "python3 -c 'import urllib.request as u; u.urlopen(\"http://core:9790/metrics\", timeout=3)'"
    assert reception.lab.run("edge", ["sh", "-c", asked]).returncode == 0
    address = core_address(reception)
    for outsider in ("phones", "carrier"):
        assert reception.lab.run(outsider, ["sh", "-c", asked.replace("core:", f"{address}:")]).returncode != 0


def ended(day: dict[str, Any]) -> int:
    """Calls of the day that are over, by whatever end."""
    return sum(int(day[end]) for end in ("answered", "abandoned", "overflowed", "refused", "not_reached"))


def core_address(reception: Reception) -> str:
    return next(each.private_address for each in reception.lab.status().machines if each.name == "core")


def scrape(reception: Reception) -> dict[tuple[str, str], float]:
    """Metric and queue or group of the tenant → value, as Prometheus's own parser reads the page."""
    with urllib.request.urlopen(f"http://{core_address(reception)}:9790/metrics", timeout=10) as answer:
        page = answer.read().decode()
    return {
        (each.name, each.labels.get("queue") or each.labels["group"]): each.value
        for family in text_string_to_metric_families(page)
        for each in family.samples
        if each.labels["tenant"] == TENANT
    }
