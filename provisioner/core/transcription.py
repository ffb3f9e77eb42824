"""Who writes down what callers say in mailboxes: a program on the core nodes, and the languages that it understands.

Facts only. What the program is asked and answers stands in the role `speech`.
"""

from __future__ import annotations

from dataclasses import dataclass

from .languages import best


@dataclass(frozen=True, slots=True)
class Transcriber:
    """A program on every core node. The one that comes with the platform has an acoustic model for English alone."""

    program: str = "/usr/local/libexec/pbx/speech/hear_messages.py"
    languages: tuple[str, ...] = ("en",)

    def understands(self, language: str) -> bool:
        """Whether it knows the language, or this one of a country: whoever knows `en` is asked for `en-GB`."""
        return best(self.languages, language) is not None


PLATFORMS_OWN = Transcriber()
