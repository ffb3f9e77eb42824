"""What tests of users' telephones share: the tenant, a browser that is one, and who is heard."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provisioner.adapters.audio.measure import NumpyEar
from provisioner.adapters.audio.speak import NumpyVoice
from provisioner.core.ports.sip import SipAgent, SipCall
from tests.browser.chromium import Browser
from tests.lab.reception.reception import Reception

EAR, VOICE = NumpyEar(), NumpyVoice()
TENANT, ANNA, BROWSER_SAYS = "devices", "+46313900671", 800
POCKET, CARL = "+46701740618", "+46313900673"
"""A mobile telephone, and the number of whose it is."""
TALK = 2.5


@contextmanager
def browser(reception: Reception, user: str = "anna", device: str = "web") -> Iterator[Browser]:
    """A browser in which a user's telephone is registered; it says a tone of 800 Hz."""
    accounts = reception.verification().surroundings(reception.specification()).accounts
    account = next(each for each in accounts if (each.tenant, each.user, each.device) == (TENANT, user, device))
    with Browser(reception.lab.namespace("phones"), VOICE.tone(BROWSER_SAYS, 5)) as made:
        edge = f"198.19.{reception.lab.status().slot}.20"
        assert made.register(edge, account.login, account.domain, account.password) == "registered"
        yield made


def says(recording: bytes, hertz: float) -> None:
    """The end of a recording holds the tone."""
    found = EAR.tone(recording, hertz, EAR.seconds(recording) - TALK / 2)
    assert found.heard, found


async def talk(browser: Browser, call: SipCall) -> None:
    """Both speak, both are heard; the browser counts what came protected."""
    await call.play(VOICE.tone(1900, TALK + 2))
    await asyncio.sleep(TALK)
    says(await call.heard(), BROWSER_SAYS)
    says(await asyncio.to_thread(browser.heard), 1900)
    found = await asyncio.to_thread(browser.statistics)
    assert found["transport"]["dtls"] == "connected", found
    assert "AES" in found["transport"]["cipher"], found
    assert min(found["received"], found["sent"]) > TALK * 25, found


async def rings_not(agent: SipAgent) -> None:
    with pytest.raises(TimeoutError):
        await agent.incoming(3)
