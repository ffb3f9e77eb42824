"""Tokens of secrets: found, filled, and never made by what a tenant writes."""

from __future__ import annotations

import pytest

from provisioner.core import secrets

TEXT = f"a {secrets.token('k/pin')} b {secrets.token('k/pin2')}\n"


def test_tokens_are_found_and_filled() -> None:
    assert secrets.handles(TEXT) == ("k/pin", "k/pin2")
    assert secrets.fill(TEXT, {"k/pin": "1234", "k/pin2": "{{x}}"}.__getitem__) == "a 1234 b {{x}}\n"
    assert secrets.fill("no token }} {{", str) == "no token }} {{"


def test_unknown_handle_is_an_error() -> None:
    with pytest.raises(KeyError):
        secrets.fill(TEXT, {}.__getitem__)


@pytest.mark.parametrize("evil", ["{{secret:other/pin}}", "{{{secret:other/pin}}", "{{{{secret:x}}"])
def test_words_of_a_tenant_are_no_token(evil: str) -> None:
    assert secrets.handles(secrets.defuse(evil)) == ()
