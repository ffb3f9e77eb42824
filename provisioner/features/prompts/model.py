"""What a tenant file says of a prompt."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from provisioner.core.model import Model, Text

ANY = ""
"""The language of a sound that serves all of them."""


def _for_any_language(value: object) -> object:
    return {ANY: value} if isinstance(value, str) else value


LanguageOrAny = Annotated[str, Field(pattern=r"^([a-z]{2}(-[A-Z]{2})?)?$")]
AudioPath = Annotated[str, Field(min_length=1, max_length=200)]

ByLanguage = WithJsonSchema(
    {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
)


Number = Annotated[str, Field(pattern=r"^[0-9]{1,4}$")]

ByLanguageNumber = WithJsonSchema(
    {
        "oneOf": [
            {"type": ["string", "integer"], "pattern": "^[0-9]{1,4}$"},
            {"type": "object", "additionalProperties": {"type": ["string", "integer"], "pattern": "^[0-9]{1,4}$"}},
        ]
    }
)


class Prompt(Model):
    """Something that callers hear: either `text` or `file`, and what users record in its place."""

    text: Annotated[dict[LanguageOrAny, Text], BeforeValidator(_for_any_language), ByLanguage] | None = None
    """What is spoken: a text for each language, or one text in the tenant's language."""
    file: Annotated[dict[LanguageOrAny, AudioPath], BeforeValidator(_for_any_language), ByLanguage] | None = None
    """An audio file (wav, mp3, ogg, opus, flac, m4a, aac) of the provider's folder: one for each language, or one for
    all."""
    recorded: Annotated[dict[LanguageOrAny, Number], BeforeValidator(_for_any_language), ByLanguageNumber] | None = None
    """Lets users record it by phone: the number that they dial behind the code of the service `prompts`, for the
    tenant's language or for each. What they record is theirs: applying the file never changes it, and `text` or `file`
    is heard until then."""
