"""The page that shows the run says what runs, in the order in which it does."""

from __future__ import annotations

import pkgutil
import re
import sys
from types import FrameType

from provisioner import pipeline
from provisioner.pipeline.build import build
from provisioner.provider import Provider
from tests.provider_folder import EXAMPLES

SHOWN = re.findall(r"^    (\w+) +(\w+)\.(\w+)  ", pipeline.__doc__ or "", re.MULTILINE)


def test_all_verbs_are_there_in_order() -> None:
    verbs = list(dict.fromkeys(verb for verb, _, _ in SHOWN))
    assert verbs == ["load", "validate", "resolve", "compile", "plan", "apply", "verify"]
    for _, module, function in SHOWN:
        assert callable(pkgutil.resolve_name(f"provisioner.pipeline.{module}:{function}"))


def test_a_build_calls_what_is_shown_in_that_order() -> None:
    offline = [(module, function) for verb, module, function in SHOWN if verb not in ("plan", "apply", "verify")]
    names = {function for _, function in offline}
    called: dict[tuple[str, str], None] = {}

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name in names:
            package, _, module = frame.f_globals["__name__"].rpartition(".")
            place = module, frame.f_code.co_name
            # The provider's own file is read and checked in the same way before the first tenant's.
            of_provider = frame.f_locals.get("slug") == "" or frame.f_locals.get("model") is Provider
            if package == "provisioner.pipeline" and place in offline and not of_provider:
                called.setdefault(place)

    sys.setprofile(watch)
    try:
        build(EXAMPLES, frozenset({"kiosken"}), processes=1)
    finally:
        sys.setprofile(None)
    assert list(called) == offline
