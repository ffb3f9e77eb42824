"""What `pbx device` lists: telephones with their own settings, handsets with the base that sets them up, and bases."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.core.errors import UsageError
from provisioner.pipeline import telephones
from provisioner.pipeline.load import load
from provisioner.pipeline.validate import validate

EXAMPLES = Path(__file__).parents[2] / "examples"
pytestmark = pytest.mark.row("N5", "U14")


def test_handsets_name_their_base_and_the_base_has_the_link() -> None:
    known = telephones.of(validate(load(EXAMPLES)), "nordverk")
    assert known["hanna-cordless"].settings is None
    assert known["hanna-cordless"].base == known["frida-cordless"].base == "base.works"
    base = known["base.works"]
    assert base.account is None
    assert base.settings is not None
    assert (base.settings.link, base.settings.mac) == ("links/nordverk/base.works", "805ec04a1b70")
    assert known["erik-desk"].base == ""


def test_a_base_that_is_not_there_names_the_nearest() -> None:
    known = telephones.of(validate(load(EXAMPLES)), "nordverk")
    with pytest.raises(UsageError, match=r"nordverk has no telephone 'base\.work'") as told:
        telephones.one(known, "nordverk", "base.work")
    assert told.value.remedy == "did you mean base.works?"
