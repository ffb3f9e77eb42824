"""Calls that a company sends on to somebody outside, and what an answering service is told of them (rows R6, Q7)."""

from __future__ import annotations

import pytest

from provisioner.core.probes import Dials, HangsUp, Network, Outside, Phone, Reaches, TalkBothWays
from tests.lab.reception.reception import CALLER, Reception, Stage

pytestmark = [pytest.mark.lab, pytest.mark.engine]


@pytest.mark.row("R6", "Q7")
@pytest.mark.parametrize(
    ("tenant", "number", "reached", "why"),
    [
        ("menus", "+46313900662", "+46701740690", "time-of-day"),
        ("menus", "+46313900663", "+46701740691", "no-answer"),
        ("queues", "+46846500404", "+46701740691", "unavailable"),
    ],
    ids=["closed", "nobody answers", "no agent is there"],
)
def test_r6_an_answering_service_is_told_whose_call_it_is_and_why(
    reception: Reception, tenant: str, number: str, reached: str, why: str
) -> None:
    service, caller = Network(), Outside(CALLER)
    if tenant == "queues":
        reception.pbx("agent", tenant, "outside", "+46701740690", "out")
    reception.perform(
        tenant,
        Dials(caller, number),
        Reaches(service, reached, within=30, diverted=number, why=why),
        TalkBothWays(caller, service),
        HangsUp(caller),
        at="2027-03-01 12:00",
        may_ring=(Phone("nils"),) if tenant == "menus" else (),
    )
    if tenant == "queues":
        reception.pbx("agent", tenant, "outside", "+46701740690", "in")


@pytest.mark.row("R6")
def test_r6_an_ordinary_call_out_was_sent_on_by_nobody(reception: Reception) -> None:
    async def play(stage: Stage) -> None:
        network, anna = await stage.network(), await stage.phone("anna")
        await anna.call("0701740691")
        said = await (await stage.pick_up(network)).identity()
        assert (said.dialled, said.diverted, said.history) == ("+46701740691", "", ())

    reception.on_stage("queues", play)
