"""Phone codes: what users have done by dialling a star or a hash and digits, such as `*98` to hear their messages.

A room states each of its `Service`s once, with the code that it has where the tenant says nothing; the tenant's section
`codes` may give it another. `Scope.code` is the one in force. Things that have a code of their own, such as the switch
of a schedule, are claimed beside them. A rule looks at all claims of a tenant for codes that stand in each other's way.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .records import record
from .source import Path

CODE_PATTERN = r"^[0-9*#]{2,8}$"
"""Keys of a telephone. What else a code must be is said by rules, whose words are clearer than a pattern's."""

Code = Annotated[
    str, Field(pattern=CODE_PATTERN, description="A phone code: a star or a hash and digits, in quotes: `*98`.")
]


def for_another(extension: str, member: str) -> str:
    """What stands behind a member's code where it is dialled for another: the queue's or group's extension, and hers.

    A key that dials it shows by its lamp whether that member is there.
    """
    return f"{extension}*{member}"


@record
class Service:
    """Something that users do by a code, the same for the whole tenant."""

    name: str
    """Its key in the tenant's section `codes`."""
    default: str
    """The code where the tenant chooses none."""
    title: str
    """What it does, going on from «who dials it»: `hears the own messages`."""


@record
class Claim:
    """Codes that are taken: `code` with each of the `tails` behind it."""

    code: str
    title: str
    """What happens, going on from «who dials it»."""
    path: Path
    """Where the file says that this is there."""
    service: str = ""
    """The service that it belongs to, if any."""
    tails: tuple[str, ...] = ("",)
    """What is dialled behind the code: nothing, one of a few digits, an extension …"""
    input: str = ""
    """What may be dialled behind it freely, such as `NUMBER`; then every code with this beginning is taken."""

    @property
    def dialled(self) -> tuple[str, ...]:
        """All that is dialled, as people write it down."""
        return tuple(f"{self.code}{tail}{self.input}" for tail in self.tails)
