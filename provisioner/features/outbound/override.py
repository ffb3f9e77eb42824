"""A barred class opened for one call, in Asterisk: the code, the number behind it, then the user's PIN.

The PIN is one of hers for this alone, kept like all others (`targets/asterisk/pins.py`): three attempts a call. Whoever
dials a number for help behind the code is asked for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.source import Path
from provisioner.targets.asterisk import naming, pins
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Step

from .facts import SERVICE, pin_secret
from .model import Override

SOURCE: Path = ("outbound", "override")


def lower(override: Override, scope: Scope, refusal: tuple[Step, ...]) -> Iterator[AsteriskObject]:
    """`refusal` is what is said and done, from the label `barred` on, to users without such a PIN."""
    code = scope.code(SERVICE.name)
    steps = (*_steps(override, scope, len(code)), *refusal)
    yield Route(naming.context(scope.slug, "service"), f"_{code}[+0-9].", steps, SOURCE)
    for ref in override.users:
        yield from pins.objects(box(ref.name), pin_secret(scope.slug, ref.name), scope, SOURCE)


def box(user: str) -> str:
    """The mailbox that keeps her PIN; no name has a dot."""
    return f"calls.{user}"


def _steps(override: Override, scope: Scope, cut: int) -> Iterator[Step]:
    outgoing, emergency = naming.context(scope.slug, "outgoing"), naming.context(scope.slug, "emergency")
    hers, level = box("${PBX_USER}"), override.permission.level
    yield Step("Set", f"PBX_WANTED=${{EXTEN:{cut}}}", source=SOURCE)
    yield Step("GotoIf", f"${{DIALPLAN_EXISTS({emergency},${{PBX_WANTED}},1)}}?{outgoing},${{PBX_WANTED}},1")
    yield Step("GotoIf", f"$[${{VM_INFO({naming.mailbox(scope.slug, hers)},exists)}} = 0]?barred", source=SOURCE)
    yield Step("Answer", source=SOURCE)
    yield from pins.ask(hers, scope, SOURCE)
    yield Step("CELGenUserEvent", "rule,override ${PBX_USER}", source=SOURCE)
    yield Step("ExecIf", f"$[0${{PBX_CLASS}} < {level}]?Set(__PBX_CLASS={level})", source=SOURCE)
    yield Step("GotoIf", f"${{DIALPLAN_EXISTS({outgoing},${{PBX_WANTED}},1)}}?{outgoing},${{PBX_WANTED}},1")
    yield Step("Hangup", "1", source=SOURCE)
