"""How a trace is shown: as text, as JSON, and as a picture."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.trace import End, Ending, Step
from provisioner.pipeline.load import Document
from provisioner.pipeline.tracing.interpreter import Trail

WORDS = {
    Ending.ANSWERED: "{by} answers",
    Ending.MESSAGE: "a message is left in {by}",
    Ending.FAX: "a fax comes to {by}",
    Ending.PUBLIC: "the call goes out to {by}",
    Ending.EMERGENCY: "the emergency centre, {by}",
    Ending.PLACE_KEPT: "the caller is called back by {by}",
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
    """A traced call of a tenant, with what places it in the tenant's files."""

    trail: Trail
    document: Document
    zone: str

    def place(self, step: Step) -> str:
        """File and line that a step comes from; empty where no file says it and the platform does so for everybody."""
        if not step.source or step.source[0] not in self.document.data:
            return ""
        span = self.document.source.span(step.source)
        return f"{span.file}:{span.start.line}"


def outcome(end: End) -> str:
    return WORDS[end.how].format(by=end.by)
