"""The family of errors. Each carries what happened, the way out, and the exit code of the table in docs.

PbxError                    1   runtime error
├── SpecificationInvalid    3   findings in the provider's folder
├── StoppedByLimit          4   a policy or safety limit stood in the way
├── PartlyApplied           5   some tenants or nodes done; a repeat goes on
├── LockHeld                6   somebody else is applying
├── PlanStale               7   the plan is not of this specification or state
├── VerificationRed         8   deployed, but a probe failed
├── TimedOut                9
└── UsageError             64
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from .findings import Located, Severity


class PbxError(Exception):
    """Something went wrong outside the specification; `remedy` says what to do now."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class SpecificationInvalid(PbxError):
    """The provider's folder has findings of severity error."""

    exit_code = 3

    def __init__(self, findings: Sequence[Located]) -> None:
        errors = sum(each.severity is Severity.ERROR for each in findings)
        super().__init__(
            f"{errors} error{'s' if errors != 1 else ''} in the specification", "mend the places named above"
        )
        self.findings = tuple(findings)


class StoppedByLimit(PbxError):
    exit_code = 4


class PartlyApplied(PbxError):
    exit_code = 5


class LockHeld(PbxError):
    exit_code = 6


class PlanStale(PbxError):
    exit_code = 7


class VerificationRed(PbxError):
    exit_code = 8


class TimedOut(PbxError):
    exit_code = 9


class UsageError(PbxError):
    exit_code = 64
