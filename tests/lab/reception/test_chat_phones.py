"""Telephones in chat (C1, A4): programs see who talks and what she does, and a status there sets an activity."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.lab.reception.reception import Reception, Stage
from tests.lab.reception.xmpp import Program, logged_in

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.row("C1"), pytest.mark.row("A4")]

SOON = 5.0
"""About a second on a machine that has nothing else to do."""


async def quiet(program: Program) -> None:
    await asyncio.sleep(SOON)
    assert program.telephones.empty(), program.telephones.get_nowait()


def doing(reception: Reception, user: str) -> tuple[str, str]:
    (found,) = (each for each in reception.document("activity", "chat")["users"] if each["user"] == user)
    return found["activity"], found["by"]


def test_c1_a_colleagues_program_sees_her_talk_and_for_how_long(reception: Reception) -> None:
    async def act(stage: Stage) -> None:
        async with logged_in(reception, "chat", "bo") as bo, logged_in(reception, "chat-b", "anna") as other:
            anna, cecilia = await stage.phone("anna"), await stage.phone("cecilia")
            call = await anna.call("12")
            await stage.pick_up(cecilia)
            begun = time.monotonic()
            seen = {await bo.telephone(), await bo.telephone()}
            assert seen == {("anna", "dnd", "I samtal"), ("cecilia", "dnd", "I samtal")}
            assert time.monotonic() - begun < SOON
            async with logged_in(reception, "chat", "erik") as late, logged_in(reception, "chat", "dora") as limited:
                assert {await late.telephone(), await late.telephone()} == seen, "who comes later is told"
                reception.run("edge", "systemctl restart pbx-chat-phones")
                await call.hang_up()
                begun = time.monotonic()
                gone = {await bo.telephone(), await bo.telephone()}
                assert gone == {("anna", "unavailable", ""), ("cecilia", "unavailable", "")}
                await quiet(limited)
            await quiet(other)
            await quiet(bo)

    reception.on_stage("chat", act)


def test_a4_an_activity_is_seen_in_chat_with_its_note(reception: Reception) -> None:
    async def play() -> None:
        async with logged_in(reception, "chat", "bo") as bo:
            words = ("activity", "chat", "anna", "set", "lunch", "--note", "hos mor")
            await asyncio.to_thread(reception.pbx, *words)
            assert await bo.telephone() == ("anna", "away", "Lunch: hos mor")
            await asyncio.to_thread(reception.pbx, "activity", "chat", "anna", "set", "available")
            assert await bo.telephone() == ("anna", "unavailable", "")

    asyncio.run(play())


def test_a4_a_status_in_chat_sets_the_activity_and_takes_back_only_its_own(reception: Reception) -> None:
    async def becomes(wanted: tuple[str, str]) -> None:
        found: Any = None
        for _ in range(10):
            if (found := await asyncio.to_thread(doing, reception, "anna")) == wanted:
                return
            await asyncio.sleep(0.3)
        raise AssertionError(f"{found} and not {wanted}")

    async def play() -> None:
        async with logged_in(reception, "chat", "anna") as anna, logged_in(reception, "chat", "bo") as bo:
            anna.client.send_presence(pshow="dnd")
            await becomes(("busy", "chat"))
            assert await bo.telephone() == ("anna", "dnd", "Upptagen")
            anna.client.send_presence()
            await becomes(("available", "hand"))
            assert await bo.telephone() == ("anna", "unavailable", "")
            anna.client.send_presence(pshow="away")
            await quiet(bo)
            await becomes(("available", "hand"))
            await asyncio.to_thread(reception.pbx, "activity", "chat", "anna", "set", "lunch")
            assert await bo.telephone() == ("anna", "away", "Lunch")
            anna.client.send_presence(pshow="dnd")
            await quiet(bo)
            anna.client.send_presence()
            await quiet(bo)
            await becomes(("lunch", "hand"))
            await asyncio.to_thread(reception.pbx, "activity", "chat", "anna", "set", "available")
            assert await bo.telephone() == ("anna", "unavailable", "")
            anna.client.send_presence(pshow="dnd")
            assert await bo.telephone() == ("anna", "dnd", "Upptagen")
        await becomes(("available", "hand"))

    asyncio.run(play())
