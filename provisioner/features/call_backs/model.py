"""What a tenant file says of a call-back menu."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from provisioner.core.model import Extension, Model, Seconds, Text
from provisioner.core.notices import Recipients
from provisioner.core.refs import Destination, PromptName


class Numbers(StrEnum):
    """Which numbers may be left, each kind with all those before it."""

    NATIONAL = "national"
    """Fixed lines of the country, and freephone."""
    MOBILE = "mobile"
    """Mobile phones of the country."""
    INTERNATIONAL = "international"
    """Numbers of all other countries."""
    PREMIUM = "premium"
    """Premium-rate numbers and satellite networks."""


class CallBack(Model):
    """Takes a number: the caller's own, or one that she keys in. It is read back to her and counts once confirmed."""

    title: Text | None = None
    """What people call it, also in the notice; the name where it is not given."""
    extension: Extension | None = None
    prompt: PromptName | None = None
    """What is said first; nothing where it is not given."""
    offer_caller_number: bool = True
    """Whether the number that she calls from is offered, where it is shown and may be left."""
    numbers: Numbers = Numbers.MOBILE
    """Which numbers may be left."""
    timeout: Seconds = Field(default=5, ge=2, le=30)
    """How long is waited for the next key."""
    attempts: int = Field(default=3, ge=1, le=9)
    """How many times the caller may leave no number, or one that cannot be called."""
    notify: Recipients = Recipients()
    """Who is told of the number."""
    then: Destination
    """Where the call goes once the number is stored; `hangup:normal` ends it."""
    exhausted: Destination
    """Where the call goes when the attempts are used up."""
