"""How the answers of a trace are shown: as text, as JSON, as a picture; one of them, or those of two revisions."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.trace import End, Ending, Step
from provisioner.pipeline.load import Document
from provisioner.pipeline.tracing.question import Answer, same

WORDS = {
    Ending.ANSWERED: "{by} answers",
    Ending.MESSAGE: "a message is left in {by}",
    Ending.FAX: "a fax comes to {by}",
    Ending.PUBLIC: "the call goes out to {by}",
    Ending.EMERGENCY: "the emergency centre, {by}",
    Ending.PLACE_KEPT: "the caller is called back by {by}",
    Ending.CONFERENCE: "the caller is in {by}",
    Ending.SERVICE: "a member listens to {by}",
    Ending.REFUSED: "the call is not taken",
    Ending.BARRED: "the caller may not call {by}",
    Ending.UNKNOWN: "the number is not in use",
    Ending.ENDED: "the call is ended, {by}",
    Ending.LOOPS: "the call goes round at {by} and never ends",
}
"""How the call ended → what people read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer for a tenant, with what places it in the tenant's files."""

    answer: Answer
    document: Document

    def place(self, step: Step) -> str:
        """File and line that a step comes from; empty where no file says it and the platform does so for everybody."""
        if not step.source or step.source[0] not in self.document.data:
            return ""
        span = self.document.source.span(step.source)
        return f"{span.file}:{span.start.line}"


@dataclass(frozen=True, slots=True)
class Both:
    """The answers before and now; a text where there is none, and why."""

    revision: str
    before: Shown | str
    now: Shown | str

    @property
    def same(self) -> bool:
        """Whether both come to the same."""
        if isinstance(self.before, Shown) and isinstance(self.now, Shown):
            return same(self.before.answer, self.now.answer)
        return self.before == self.now


def outcome(end: End) -> str:
    return WORDS[end.how].format(by=end.by)
