"""What a tenant file says of a voice attendant."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from provisioner.core.model import Extension, Key, Model, Name, Seconds, Text
from provisioner.core.refs import Destination, PromptName

ANY = ""
"""Stands for the tenant's language where texts are given for no language in particular."""

Saying = Annotated[str, Field(min_length=1, max_length=60)]
LanguageOrAny = Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$")]

_LIST = {"type": "array", "items": {"type": "string", "maxLength": 60}, "minItems": 1}


def _in_any_language(value: object) -> object:
    return {ANY: value} if isinstance(value, list) else value


class Choice(Model):
    """Something that callers may ask for."""

    says: Annotated[
        dict[LanguageOrAny, Annotated[list[Saying], Field(min_length=1)]],
        BeforeValidator(_in_any_language),
        WithJsonSchema({"oneOf": [_LIST, {"type": "object", "additionalProperties": _LIST}]}),
    ]
    """What callers say, the usual word first, then others for the same; a list for each language, or one list in the
    tenant's language."""
    destination: Destination
    """Where the call goes then."""


class Retry(Model):
    """What is said before the question is asked again."""

    prompt: PromptName | None = None
    """Nothing where it is not given: the question alone is heard again."""


class VoiceAttendant(Model):
    """Asks who or what the caller seeks and understands the spoken answer. Keys work beside it at any time."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    prompt: PromptName
    """The question. Whoever answers while it is played is understood too."""
    people: bool = True
    """Whether callers may ask for users by name: all whose `listed` is not `no`."""
    choices: dict[Name, Choice] = Field(default_factory=dict)
    """What else callers may say: departments, subjects, other names for somebody."""
    keys: dict[Key, Destination] = Field(default_factory=dict)
    """Keys that lead on at once."""
    timeout: Seconds = Field(default=6, ge=2, le=30)
    """How long after the question an answer may begin."""
    attempts: int = Field(default=3, ge=1, le=9)
    """How many times the question is asked in all."""
    confidence: int = Field(default=50, ge=1, le=99)
    """Per cent: below it the caller is asked again rather than connected wrongly."""
    no_input: Retry = Retry()
    """When nothing was said."""
    not_understood: Retry = Retry()
    """When it is not clear enough what was said, and after a key that leads nowhere."""
    otherwise: Destination
    """A person: where callers go who are not understood, and everybody while no recogniser answers."""
