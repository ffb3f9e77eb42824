"""What a tenant file says of a menu."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from provisioner.core.model import Extension, Key, Language, Model, Seconds, Text
from provisioner.core.refs import DESTINATION, DESTINATION_KINDS, REFERS, Destination, PromptName


class Turn(StrEnum):
    """What a key does that leads nowhere else."""

    REPEAT = "repeat"
    """The menu is heard again."""
    BACK = "back"
    """The menu that the caller came from is heard again."""


class Choice(Model):
    """What a key does."""

    prompt: PromptName | None = None
    """What is said before the call goes on."""
    language: Language | None = None
    """What the caller hears from here on."""
    destination: Destination | None = None
    """Where the call goes."""
    turn: Turn | None = None
    """`repeat` or `back`, instead of a destination."""


def _choice(value: object) -> object:
    """The short form: a destination, `repeat` or `back`."""
    if isinstance(value, str):
        return {"turn": value} if value in [each.value for each in Turn] else {"destination": value}
    return value


KeyChoice = Annotated[
    Choice,
    BeforeValidator(_choice),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string", "enum": [each.value for each in Turn]},
                {"type": "string", "pattern": f"^({'|'.join(DESTINATION_KINDS)}):.+$", REFERS: DESTINATION},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "prompt": {
                            "type": "string",
                            "description": "What is said before the call goes on.",
                            REFERS: "prompt",
                        },
                        "language": {"type": "string", "description": "What the caller hears from here on."},
                        "destination": {"type": "string", "description": "Where the call goes.", REFERS: DESTINATION},
                        "turn": {
                            "enum": [each.value for each in Turn],
                            "description": "`repeat` or `back`, instead of a destination.",
                        },
                    },
                },
            ],
            "description": "A destination, repeat or back; or these with a prompt or language before them.",
        }
    ),
]


def _range(value: Any) -> Any:
    first, dash, last = str(value).partition("-")
    fits = first.isascii() and first.isdigit() and last.isascii() and (last.isdigit() or not dash)
    if not fits or len(last or first) != len(first) or not 2 <= len(first) <= 6 or (dash and last < first):
        raise PydanticCustomError(
            "extension_range",
            "{found} is no range of extensions",
            {"found": repr(value), "expected": "for example 100-199, of two to six digits each, the lower one first"},
        )
    return str(value)


ExtensionRange = Annotated[
    str, BeforeValidator(_range), WithJsonSchema({"type": "string", "pattern": r"^[0-9]{2,6}(-[0-9]{2,6})?$"})
]
"""Extensions from one to another of as many digits, `100-199`, or a single one."""


class Dial(Model):
    """Which extensions a caller may key in while the menu listens."""

    extensions: list[ExtensionRange] = Field(min_length=1)
    """Only these; an extension of the tenant that lies in none of them cannot be reached from here."""
    after: Key | None = None
    """A key that is pressed before the extension, where keys of the menu begin extensions too."""
    digit_timeout: Seconds = Field(default=3, ge=1, le=10)
    """How long is waited for the next digit where a shorter extension is whole already."""

    def allows(self, extension: str) -> bool:
        return any(holds(each, extension) for each in self.extensions)

    @property
    def begins(self) -> frozenset[str]:
        """Keys that extensions begin with here."""
        ends = ((each[0], each.rpartition("-")[2][0]) for each in self.extensions)
        digits = {str(digit) for first, last in ends for digit in range(int(first), int(last) + 1)}
        return frozenset((self.after,)) if self.after else frozenset(digits)


def holds(stretch: str, extension: str) -> bool:
    """Whether a range holds an extension; leading zeros count."""
    first, _, last = stretch.partition("-")
    return len(extension) == len(first) and first <= extension <= (last or first)


class Reaction(Model):
    """What the menu does when a caller gives no answer, or a wrong one."""

    prompt: PromptName | None = None
    """What the caller hears then; nothing where it is not given."""
    destination: Destination | None = None
    """Where the call goes on at once; where it is not given the menu asks again, as often as `attempts` allows."""


class Ivr(Model):
    """A menu. Keys match exactly and at once; a menu below is a destination like any other."""

    title: Text | None = None
    """What people call it; the name where it is not given."""
    extension: Extension | None = None
    prompt: PromptName
    """The question. The caller may answer while it is played."""
    timeout: Seconds = Field(default=5, ge=1, le=60)
    """How long the menu waits for a key after the prompt."""
    attempts: int = Field(default=3, ge=1, le=9)
    """How many times the caller may give no answer or a wrong one, counted together."""
    keys: dict[Key, KeyChoice] = Field(min_length=1)
    """What each key does: a destination, `repeat`, `back`, or one of these with a `prompt` or `language` before it."""
    dial: Dial | None = None
    """Extensions that callers may key in; none where it is not given."""
    no_input: Reaction = Reaction()
    """When no key was pressed."""
    invalid: Reaction = Reaction()
    """When a key was pressed that is not one of `keys`, or an extension that cannot be reached."""
    exhausted: Destination
    """Where the call goes when the attempts are used up."""
