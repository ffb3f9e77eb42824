"""The manual switch in Asterisk: what users dial, who may, what they hear, and the lights of the keys.

`<slug>.switch.<name>` holds it: `toggle` turns it the other way, and one extension for each state sets it. `asked`
stands in every schedule, also in one without a code, because `pbx switch` may set any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.artifacts import Recipe
from provisioner.core.feature import Scope
from provisioner.core.refs import Ref
from provisioner.core.source import Path
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming, pins, switches
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard

from .facts import CLOSES, DECIDES, OPENS
from .model import Switch

DIGITS = {DECIDES: switches.AUTO, OPENS: switches.OPEN, CLOSES: switches.CLOSED}
"""The digit behind the code, and what it sets."""

SAID: Mapping[str, Mapping[str, Recipe]] = {
    switches.AUTO: spoken(sv="Schemat bestämmer igen.", en="The schedule decides again."),
    switches.OPEN: spoken(sv="Öppet tills vidare.", en="Open until further notice."),
    switches.CLOSED: spoken(sv="Stängt tills vidare.", en="Closed until further notice."),
}
NOT_YOURS = spoken(sv="Du får inte ställa om det här schemat.", en="You may not switch this schedule.")


def pin_secret(slug: str, name: str) -> str:
    """The handle of the PIN; the deployment makes six digits where there are none."""
    return f"{slug}/pin/switch-{name}"


class Switching:
    """The switch of one schedule on its way to routes."""

    def __init__(self, name: str, switch: Switch, scope: Scope, path: Path) -> None:
        self.name, self.switch, self.scope, self.path = name, switch, scope, path
        self.context = naming.context(scope.slug, "switch", name)
        self.schedule = naming.destination(scope.slug, Ref("schedule", name))[0]
        self.state, self.until = _keys(name, scope.slug)
        self.say = Steps(scope.slug)

    def objects(self) -> Iterator[AsteriskObject]:
        service = naming.context(self.scope.slug, "service")
        yield Route(service, self.switch.code, (self._step("Goto", f"{self.context},toggle,1"),), self.path)
        for digit, state in DIGITS.items():
            yield Route(
                service, self.switch.code + digit, (self._step("Goto", f"{self.context},{state},1"),), self.path
            )
            yield Route(self.context, state, tuple(self._set(state)), self.path)
        yield Route(self.context, "toggle", tuple(self._toggle()), self.path)
        yield Route(self.context, "guard", tuple(self._guard()), self.path)
        sentences = [*SAID.values(), *([NOT_YOURS] if self.switch.users else [])]
        if self.switch.pin:
            yield from pins.objects(self._box, pin_secret(self.scope.slug, self.name), self.scope, ("schedules",))
        for sentence in sentences:
            yield from (Sound(recipe, ("schedules",)) for recipe in sentence.values())

    @property
    def _box(self) -> str:
        """The mailbox that keeps the PIN; no name has a dot."""
        return f"pin.{self.name}"

    def _toggle(self) -> Iterator[Step]:
        yield self._step("Set", clock(self.scope.slug))
        yield self._step("Gosub", f"{self.schedule},asked,1")
        yield self._step("GotoIf", '$["${GOSUB_RETVAL}" = "open" | "${GOSUB_RETVAL}" = "closed"]?auto,1')
        yield self._step("Gosub", f"{self.schedule},now,1")
        yield self._step("Goto", "${IF(${GOSUB_RETVAL}?closed:open)},1")

    def _set(self, state: str) -> Iterator[Step]:
        yield self._step("Gosub", f"{self.context},guard,1")
        yield self._step("Set", f"DB({self.state})={state}")
        yield self._step("ExecIf", f"${{DB_EXISTS({self.until})}}?Set(PBX_ENDED=${{DB_DELETE({self.until})}})")
        for light, lamp in switches.lamps(self.scope.slug, self.name, state):
            yield self.say.shine(light, lamp, self.path)
        yield self._step("CELGenUserEvent", f"switch,schedule:{self.name} {state}")
        yield self._step("Playback", heard(SAID[state], self.scope.language))
        yield self._step("Hangup", "")

    def _guard(self) -> Iterator[Step]:
        """Answers, and lets those go on who may."""
        users = "|".join(user.name for user in self.switch.users)
        yield self.say.answer(self.path)
        if users:
            yield self._step("GotoIf", f'$[${{REGEX("^({users})$" ${{PBX_USER}})}} = 0]?stranger')
        if self.switch.pin:
            yield from pins.ask(self._box, self.scope, self.path)
        yield self._step("Return", "")
        if users:
            yield Step("Playback", heard(NOT_YOURS, self.scope.language), "stranger", self.path)
            yield self._step("Hangup", "21")

    def _step(self, application: str, arguments: str) -> Step:
        return Step(application, arguments, source=self.path)


def asked(name: str, slug: str, path: Path) -> Iterator[Step]:
    """What a schedule asks before anything else: whether it is switched by hand, and not until a time that is over."""
    state, until = _keys(name, slug)
    yield Step("Set", f"LOCAL(until)=0${{DB({until})}}", source=path)
    yield Step("GotoIf", "$[${until} > 0 & ${PBX_AT} >= ${until}]?over", source=path)
    yield Step("Return", f"${{DB({state})}}", source=path)
    yield Step("Return", switches.AUTO, "over", path)


def _keys(name: str, slug: str) -> tuple[str, str]:
    family = naming.database_family(slug)
    return f"{family}/{switches.state_key(name)}", f"{family}/{switches.until_key(name)}"


def clock(slug: str) -> str:
    """Sets the instant that decides: now, moved by what a test environment says."""
    return f"PBX_AT=$[${{EPOCH}} + 0${{DB({naming.database_family(slug)}/clock-offset)}}]"
