"""The Pulumi program of a stack: one custom resource for each of ours, in the order that it states.

Resources are made here directly and not by subclasses, and the SDK's source positions are left out: they would write
paths of this machine into state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

PROJECT = "pbx"
PACKAGE = "pbx"
RESULT = "hosts"
"""The one output of a resource that is not an input."""


@contextmanager
def without_positions() -> Iterator[None]:
    """Keeps paths of this machine out of state while programs run."""
    from pulumi.runtime import resource
    from pulumi.runtime.proto import source_pb2

    kept = resource._get_stack_trace
    resource._get_stack_trace = source_pb2.StackTrace
    try:
        yield
    finally:
        resource._get_stack_trace = kept
