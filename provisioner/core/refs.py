"""References by name: the strings `kind:name` that join the sections of a tenant file.

A `Ref` is the parsed form. `Destination` is the type of every branch where a call can go on; `NameOf(kind)` is the
type of a field that can only mean one kind, where the bare name is enough. Whether the name exists is not decided
here: the pipeline links all references of a tenant at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .source import Path, shown

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,39}$"
"""Names of things and slugs of tenants: they become parts of context names and SIP user parts."""

E164_PATTERN = r"^\+[1-9][0-9]{6,14}$"
"""A public number as ITU-T E.164 with its plus."""

REFERS = "x-refers"
"""The key of the JSON Schema that says which kind of thing a text names."""
DESTINATION = "destination"
"""What it says of a text that names a kind itself."""

HANGUPS = ("busy", "congestion", "normal", "unavailable")

DESTINATION_KINDS = (
    "announcement", "call_back", "conference", "directory", "disa", "external_attendant", "fax", "hangup", "ivr",
    "number", "queue", "ring_group", "schedule", "user", "voice_attendant", "voicemail",
)  # fmt: skip


class Ref(NamedTuple):
    """A name of a kind: `queue:support`."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


class _RefSchema:
    """Lets pydantic read and write a `Ref` as one string."""

    def __init__(self, kind: str | None = None) -> None:
        self.kind = kind

    def __hash__(self) -> int:
        return hash(self.kind)

    def parse(self, value: object) -> Ref:
        if not isinstance(value, str):
            if isinstance(value, Ref):
                return value
            raise PydanticCustomError("reference", "{found} stands here", {"found": shown(value), "expected": "a name"})
        kind, colon, name = value.partition(":")
        if self.kind is not None:
            return Ref(self.kind, name if colon and kind == self.kind else value)
        if not colon or not name:
            raise PydanticCustomError(
                "destination",
                "{found} is no destination",
                {"found": repr(value), "expected": "kind:name, for example user:anna"},
            )
        return Ref(kind, name)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        if self.kind is None:
            kinds = "|".join(DESTINATION_KINDS)
            return {
                "type": "string",
                "pattern": f"^({kinds}):.+$",
                "description": "A destination, kind:name.",
                REFERS: DESTINATION,
            }
        return {"type": "string", "description": f"The name of a {self.kind}.", REFERS: self.kind}


Destination = Annotated[Ref, _RefSchema()]
"""Where a call can go on: `user:anna`, `queue:sales`, `number:+46…`, `hangup:busy` …"""


def NameOf(kind: str) -> Any:
    """The type of a field that names a thing of one kind; `welcome` and `prompt:welcome` mean the same."""
    return Annotated[Ref, _RefSchema(kind)]


PromptName = Annotated[Ref, _RefSchema("prompt")]
"""What is heard: the name of a prompt, `welcome` or `prompt:welcome`."""


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Ref]]:
    """Every reference in a validated model, with the place where it stands."""
    found: list[tuple[Path, Ref]] = []
    _walk(value, path, found)
    return iter(found)


def _walk(value: Any, path: Path, found: list[tuple[Path, Ref]]) -> None:
    kind = type(value)
    if kind is Ref:
        found.append((path, value))
    elif kind is dict:
        for key, child in value.items():
            if type(child) not in _LEAVES:  # most are: spares the path and the call
                _walk(child, (*path, key), found)
    elif kind is list or kind is tuple:
        for index, child in enumerate(value):
            if type(child) not in _LEAVES:
                _walk(child, (*path, index), found)
    elif isinstance(value, BaseModel):
        held = value.__dict__
        for name, key in _keys(type(value)):
            child = held[name]
            if child and type(child) not in _LEAVES:
                _walk(child, (*path, key), found)


_LEAVES = frozenset({str, int, bool, float, type(None)})


@cache
def _keys(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """A model's fields that may hold references, as Python and as the file name them."""
    fields = model.model_fields.items()
    return tuple((name, field.alias or name) for name, field in fields if _may_refer(field.annotation))


def _may_refer(annotation: Any) -> bool:
    """Whether a value of the type may be or hold a reference; a type that says nothing may."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(_keys(annotation))
    return annotation in (Ref, Any, object) or any(map(_may_refer, get_args(annotation)))
