"""Recording by phone in Asterisk: what users dial, hear and press.

`<slug>.service` leads each number to `<slug>.prompts`, which asks for the PIN and then plays, records, plays back,
keeps or throws away. What is recorded lies aside until it is kept; keeping it is one rename, so a caller hears the old
sound or the new one, whole. The work on the file is done by a program of the node
(`roles/asterisk/files/recorded_prompts.py`): the dialplan can neither measure a sound nor rename a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provisioner.core.artifacts import Lived, Recipe
from provisioner.core.feature import Scope
from provisioner.core.spoken import spoken
from provisioner.targets.asterisk import naming, pins
from provisioner.targets.asterisk.modules import RECORDED_PROMPTS
from provisioner.targets.asterisk.objects import AsteriskObject, Route, Sound, Step, Steps
from provisioner.targets.asterisk.playing import heard, played

from .facts import SERVICE

MENU = spoken(
    sv="Tryck ett för att höra inspelningen, eller två för att spela in en ny.",
    en="To hear what callers hear, press one. To record it anew, press two.",
)
SPEAK = spoken(sv="Tala efter tonen och avsluta med fyrkant.", en="Speak after the tone, and end with the hash key.")
REVIEW = spoken(
    sv="Tryck ett för att höra, två för att spela in igen, tre för att spara, noll för att kasta.",
    en="To hear it, press one. To record again, press two. To keep it, press three. To throw it away, press zero.",
)
KEPT = spoken(sv="Sparat. Nu hör alla som ringer det här.", en="It is kept. From now on callers hear this.")
DROPPED = spoken(sv="Inspelningen är kastad.", en="The recording is thrown away.")
NOTHING = spoken(sv="Ingenting hördes.", en="Nothing was heard.")
FAILED = spoken(sv="Det gick inte att spara.", en="It could not be kept.")
SENTENCES = (MENU, SPEAK, REVIEW, KEPT, DROPPED, NOTHING, FAILED)

SILENCE, LONGEST, WHOLE_CALL = 6, 180, 1200
"""Seconds: of silence that end a recording, of one recording, of the whole call."""
ATTEMPTS = 3

BOX = "prompts.pin"
"""The mailbox that keeps the PIN; no name has a dot."""
HANDLED = ("prompts",)


def pin_secret(slug: str) -> str:
    """The handle of the PIN; the deployment makes six digits where there are none."""
    return f"{slug}/pin/prompts"


class Booth:
    """One tenant's way to record by phone."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.say = scope, Steps(scope.slug)
        self.context = naming.context(scope.slug, "prompts")
        self.scratch = f"{naming.PROMPTS}/{scope.slug}/.new/${{CHANNEL(uniqueid)}}"

    def objects(self, numbered: Iterable[tuple[str, Lived]]) -> Iterator[AsteriskObject]:
        service = naming.context(self.scope.slug, "service")
        for number, sound in numbered:
            path = ("prompts", sound.prompt, "recorded")
            steps = (
                Step("Set", f"PBX_PROMPT={played(sound)}", source=path),
                Step("Goto", f"{self.context},s,1", source=path),
            )
            yield Route(service, f"{self.scope.code(SERVICE.name)}{number}", steps, path)
        for extension, steps_of in self._extensions().items():
            yield Route(self.context, extension, tuple(steps_of), HANDLED)
        yield from pins.objects(BOX, pin_secret(self.scope.slug), self.scope, HANDLED)
        yield from (Sound(recipe, HANDLED) for sounds in SENTENCES for recipe in sounds.values())

    def _extensions(self) -> dict[str, Iterator[Step]]:
        return {
            "s": self._enter(),
            "menu": self._menu(MENU, {"1": "hear", "2": "record"}),
            "hear": self._say("${PBX_PROMPT}", "menu"),
            "record": self._record(),
            "review": self._menu(REVIEW, {"1": "back", "2": "record", "3": "keep", "0": "drop"}),
            "back": self._say("${PBX_SCRATCH}", "review"),
            "keep": self._keep(),
            "drop": iter((*self._work("drop"), *self._say(self._sound(DROPPED), "menu"))),
            "left": iter((*self._work("drop"), self._step("Return"))),
        }

    def _enter(self) -> Iterator[Step]:
        yield self.say.answer(HANDLED)
        yield from pins.ask(BOX, self.scope, HANDLED)
        yield self._step("Set", f"TIMEOUT(absolute)={WHOLE_CALL}")
        yield self._step("Set", f"PBX_SCRATCH={self.scratch}")
        # Whoever hangs up before it is kept has thrown it away.
        yield self._step("Set", f"CHANNEL(hangup_handler_push)={self.context},left,1")
        yield self._go("menu")

    def _menu(self, offered: Mapping[str, Recipe], keys: dict[str, str]) -> Iterator[Step]:
        yield self._step("Set", "PBX_TRIES=0")
        yield Step("Read", f"PBX_KEY,${{PBX_FIRST}}{self._sound(offered)},1,,1,8", "ask", HANDLED)
        yield self._step("Set", "PBX_FIRST=")
        for key, extension in keys.items():
            yield self._step("GotoIf", f'$["${{PBX_KEY}}" = "{key}"]?{extension},1')
        yield self._step("Set", "PBX_TRIES=$[${PBX_TRIES} + 1]")
        yield self._step("GotoIf", f"$[${{PBX_TRIES}} < {ATTEMPTS}]?ask")
        yield self._step("Hangup")

    def _say(self, sound: str, menu: str, label: str = "") -> Iterator[Step]:
        """Has the menu begin with a sound, so that a key may be pressed meanwhile."""
        yield Step("Set", f"PBX_FIRST={sound}&", label, HANDLED)
        yield self._go(menu)

    def _record(self) -> Iterator[Step]:
        yield self._step("Playback", self._sound(SPEAK))
        yield self._step("Record", f"${{PBX_SCRATCH}}.wav,{SILENCE},{LONGEST}")
        yield from self._work("level")
        yield self._step("GotoIf", '$["${PBX_DONE}" = "yes"]?review,1')
        yield from self._say(self._sound(NOTHING), "menu")

    def _keep(self) -> Iterator[Step]:
        yield from self._work("keep", "${PBX_PROMPT}.wav")
        yield self._step("GotoIf", '$["${PBX_DONE}" != "yes"]?failed')
        yield self._step("CELGenUserEvent", f"recorded,${{PBX_PROMPT:{len(naming.PROMPTS) + 1}}}")
        yield self._step("Playback", self._sound(KEPT))
        yield self._step("Hangup")
        yield from self._say(self._sound(FAILED), "review", "failed")

    def _work(self, verb: str, *more: str) -> Iterator[Step]:
        """The node's program does it and sets PBX_DONE to `yes` where that went well."""
        yield self._step("Set", "PBX_DONE=no")
        yield self._step("AGI", ",".join((RECORDED_PROMPTS, verb, "${PBX_SCRATCH}.wav", *more)))

    def _sound(self, sounds: Mapping[str, Recipe]) -> str:
        return heard(sounds, self.scope.language)

    def _go(self, extension: str) -> Step:
        return self._step("Goto", f"{extension},1")

    def _step(self, application: str, arguments: str = "") -> Step:
        return Step(application, arguments, source=HANDLED)
