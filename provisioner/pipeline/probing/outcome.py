"""What came of a probe, step by step, in words for the table and for whoever mends the fault."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.probes import Probe


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    """The platform did something else than expected."""
    ERROR = "error"
    """The probe itself could not be carried out."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """`found` is what was seen: a figure where it passed, what came instead where it did not."""

    words: str
    passed: bool
    seconds: float
    found: str = ""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    probe: Probe
    outcome: Outcome
    steps: tuple[StepResult, ...]
    seconds: float
    expected: str = ""
    """The step that was not met, in words; empty where all passed."""
    found: str = ""
    trail: tuple[str, ...] = ()
    """The nodes that the probe's calls went through; only read where it did not pass."""
    kept: tuple[str, ...] = ()
    """Recordings and logs that were kept, as paths."""


class Unmet(Exception):
    """An expectation was not met; the text says what was found instead."""
