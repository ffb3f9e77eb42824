"""`pbx mv` on the lab: a message, a greeting, a PIN, a pause, a switch and a registration outlive other names."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator

import pytest

from provisioner.core.ports.sip import CallState
from provisioner.core.probes import Outside, Phone
from tests.provider_folder import WHATEVER_GOES, ProviderFolder

pytestmark = [pytest.mark.lab, pytest.mark.engine]

TENANT, OTHER = "solglantan", "clinic"
ANNA, CALLER = "+46846500410", "+46701740617"
NAMES = (
    ("user:anna", "user:anna-b"),
    ("queue:nurse", "queue:nurses"),
    ("voicemail:info", "voicemail:front"),
    ("schedule:opening", "schedule:hours"),
    ("prompt:welcome", "prompt:hello"),
)
PROMISE = "1764000000.123456"
SPOOL = "/var/spool/asterisk"
BOXES = f"{SPOOL}/voicemail/{TENANT}"
PIN = "271828"
ASK = """python3 -c "
import sqlite3
with sqlite3.connect('/var/lib/asterisk/pbx-mailboxes.sqlite3') as database:
    print(*database.execute({}))
" """
HAVE_IT = ASK.format(f"'SELECT mailbox FROM voicemail WHERE password = ?', ('{PIN}',)")


BY_PHONE = ASK.format(
    f"'UPDATE voicemail SET password = ? WHERE context = ? AND mailbox = ?', ('{PIN}', '{TENANT}', 'anna')"
)
FORGET = "\n".join(
    (
        *(ASK.format(f"'DELETE FROM {table} WHERE context = ?', ('{TENANT}',)") for table in ("pins", "loaded")),
        f"cd {BOXES} && rm -rf anna anna-b info front",
        f"cd {SPOOL}/prompts/{TENANT} && rm -rf welcome hello",
        f"asterisk -rx 'database del pbx/{TENANT} call-back/{PROMISE}'",
        f"for each in $(asterisk -rx 'core show channels concise' | grep '^Local/{PROMISE}@' | cut -d! -f1)",
        """do asterisk -rx "channel request hangup $each"; done""",
    )
)


@pytest.fixture
def afterwards_as_before(examples: ProviderFolder) -> Iterator[None]:
    """The tenant's file as it is, and is again afterwards; what users were given meanwhile is taken from them."""
    file = examples.tenant(TENANT)
    text = file.read_text(encoding="utf-8")
    try:
        yield
    finally:
        examples.run("core", FORGET)
        if examples.tenant(OTHER).exists():  # the test failed in between
            examples.tenant(OTHER).unlink()
            back = f"  - {{from: tenant:{OTHER}, to: tenant:{TENANT}}}"
            file.write_text(f"{text}\nmoved:\n{back}\n", encoding="utf-8")
            examples.pbx("apply", "--yes", *WHATEVER_GOES)
        file.write_text(text, encoding="utf-8")
        examples.pbx("apply", "--yes", *WHATEVER_GOES)
        examples.pbx("switch", TENANT, "opening", "auto")
        examples.pbx("agent", TENANT, "nurse", "cecilia", "resume")


def renamed(examples: ProviderFolder, *, back: bool = False) -> str:
    """Every thing under its other name, applied; on the way back a first apply is cut off. What the plan said of it."""
    for old, new in NAMES:
        one, other = (new, old) if back else (old, new)
        examples.pbx("mv", TENANT, one, other)
    plan = examples.pbx("plan")
    if back:
        examples.kill_at("update CoreBundle core", "apply", "--yes")
    examples.pbx("apply", "--yes")
    return plan


def renamed_tenant(examples: ProviderFolder, old: str, new: str, cut: str = "") -> str:
    """The tenant under its other name, applied, once a first apply was `cut` off. What the plan said of it."""
    examples.pbx("mv", old, "tenant", new)
    plan = examples.pbx("plan")
    if cut:
        examples.kill_at(cut, "apply", "--yes")
    examples.pbx("apply", "--yes")
    return plan


def lived(examples: ProviderFolder, tenant: str = TENANT) -> dict[str, str]:
    """What users live with, under whatever names."""
    queue = next(line for line in examples.asterisk("queue show").splitlines() if line.startswith(f"{tenant}.nurse"))
    members = examples.asterisk(f"queue show {queue.partition(' ')[0]}")
    return {
        "files": examples.run("core", f"cd {SPOOL} && find voicemail/{tenant} prompts/{tenant} -type f | sort"),
        "PINs": examples.run("core", HAVE_IT),
        "paused": " ".join(line.split()[0] for line in members.splitlines() if "(paused" in line),
        # Asterisk sets values below each other: a longer name has fewer spaces behind it.
        "switch": re.sub(" +", " ", examples.asterisk(f"database show pbx/{tenant}")),
    }


@pytest.mark.usefixtures("afterwards_as_before")
def test_what_users_live_with_comes_along(examples: ProviderFolder) -> None:
    verification = examples.verification()

    async def run() -> None:
        agents = verification.agents()
        try:
            bench = await asyncio.to_thread(lambda: verification.bench(agents, verification.specification()))
            outside = await bench.cast.agent(TENANT, Outside(CALLER))
            call = await outside.call(ANNA)
            assert await call.until(CallState.UP, timeout=20) is CallState.UP
            await call.play(bench.voice.signature("mv", 24))
            await asyncio.sleep(18)  # longer than the greeting
            await call.hang_up()
            async with asyncio.timeout(20):
                while not (left := await bench.core.messages(TENANT, "anna", CALLER)):
                    await asyncio.sleep(0.5)
            phone = await bench.cast.agent(TENANT, Phone("anna"))
            await phone.registration(10)
            await asyncio.to_thread(live)

            plan = await asyncio.to_thread(renamed, examples)
            assert "renamed user anna → anna-b; mailbox, recordings and everything that she set are kept" in plan
            assert "renamed queue nurse → nurses" in plan
            assert "gone" not in plan
            assert await bench.core.messages(TENANT, "anna-b", CALLER) == left
            after = await asyncio.to_thread(lived, examples)
            assert f"voicemail/{TENANT}/anna-b/unavail.wav" in after["files"]
            assert f"voicemail/{TENANT}/front/INBOX/msg0000.txt" in after["files"]
            assert f"prompts/{TENANT}/hello/all.wav" in after["files"]
            assert not [
                each for each in after["files"].splitlines() if each.split("/")[2] in ("anna", "info", "welcome")
            ]
            assert after["PINs"].split() == ["('anna-b',)"]
            assert "cecilia" in after["paused"].split()
            assert f"/pbx/{TENANT}/switch-hours" in after["switch"]
            assert "switch-opening" not in after["switch"]
            assert f"{PROMISE}@{TENANT}.queue.nurses.back" in await asyncio.to_thread(
                examples.asterisk, "core show channels concise"
            )
            logged = json.loads(await asyncio.to_thread(examples.pbx, "calls", TENANT, "anna-b", "--format", "json"))
            assert [each["number"] for each in logged["calls"]][:1] == [CALLER]

            phone.forget_calls()
            again = await outside.call(ANNA)
            ringing = await phone.incoming(15)
            await ringing.answer()
            assert await again.until(CallState.UP, timeout=5) is CallState.UP, "she registered under her old name"
            await again.hang_up()

            await asyncio.to_thread(renamed, examples, back=True)
            assert await bench.core.messages(TENANT, "anna", CALLER) == left

            before = await asyncio.to_thread(lived, examples)
            plan = await asyncio.to_thread(renamed_tenant, examples, TENANT, OTHER)
            assert f"renamed tenant {TENANT} → {OTHER}; " in plan
            assert "! " not in plan
            assert await bench.core.messages(OTHER, "anna", CALLER) == left
            after = await asyncio.to_thread(lived, examples, OTHER)
            assert after == {key: each.replace(TENANT, OTHER) for key, each in before.items()}
            everything = await asyncio.to_thread(examples.run, "core", f"find {SPOOL} /var/lib/pbx-* -name '{TENANT}*'")
            assert everything == "", "nothing is left under the old name"
            phone.forget_calls()
            again = await outside.call(ANNA)
            await (await phone.incoming(15)).answer()
            assert await again.until(CallState.UP, timeout=5) is CallState.UP, "she registered under the old tenant"
            await again.hang_up()
            await asyncio.to_thread(renamed_tenant, examples, OTHER, TENANT, "delete EdgeRows edge")
            assert await asyncio.to_thread(lived, examples) == before
        finally:
            await agents.close()

    def live() -> None:
        """A greeting, a shared message, a PIN set by phone, a recorded prompt, a pause, a switch."""
        box = f"{BOXES}/anna"
        # Tests before this one may have left messages in the shared box.
        examples.run(
            "core",
            f"rm -rf {BOXES}/info && cp -a {box} {BOXES}/info && cp -a {box}/INBOX/msg0000.wav {box}/unavail.wav",
        )
        prompt = f"{SPOOL}/prompts/{TENANT}/welcome"
        examples.run("core", f"runuser -u asterisk -- mkdir -p {prompt} && cp -a {box}/unavail.wav {prompt}/all.wav")
        examples.run("core", BY_PHONE)
        record = f"nurse&0&{CALLER}&&{int(time.time()) + 3600}"
        examples.run("core", f"asterisk -rx 'database put pbx/{TENANT} call-back/{PROMISE} {record}'")
        examples.pbx("switch", TENANT, "opening", "closed")
        examples.pbx("agent", TENANT, "nurse", "cecilia", "pause")

    asyncio.run(run())
    assert examples.document("apply", "--yes")["stacks"], "the names are the old ones again"
