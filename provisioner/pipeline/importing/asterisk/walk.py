"""A call's way through the dialplan, followed once for all calls: each place becomes the destination that it means.

What only goes on (`Goto`, `Answer`) leaves nothing behind; what a caller meets becomes a thing of the tenant, whose
ways out are followed in turn. `DIALSTATUS` is the only variable that calls differ in: a place is followed once for each
of its values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.pipeline.importing.company import Company, Entry

from . import expressions, times
from .conf import Section
from .dialplan import At, Dialplan, Step, split
from .tenant import WITHOUT_EFFECT, Names, Staff, entry

ENDS = {"hangup": "hangup:normal", "busy": "hangup:busy", "congestion": "hangup:congestion"}
NORMAL = "hangup:normal"
MOST_DEPTH = 150
"""Things that lead to each other; more than any caller would follow."""
MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Here:
    """Where the call is, and how its last call to a telephone ended."""

    at: At
    status: str = ""

    @property
    def title(self) -> str:
        """What a thing is called that stands here and has no name of its own."""
        return self.at.context if self.at.digits == "s" else self.at.digits

    def next(self, status: str | None = None) -> Here:
        return Here(replace(self.at, priority=self.at.priority + 1), self.status if status is None else status)


Way = str | Here
"""A destination, or where the call goes on."""


@dataclass
class Walk:
    """The dialplan with what is known of the company, and what was made of it so far."""

    plan: Dialplan
    who: Staff
    names: Names
    made: Company
    country: str
    queues: dict[str, Section]
    boxes: dict[str, tuple[str, str, str]]
    sound: Callable[[str], str]
    """A sound's name → its file in the provider's folder; empty where there is none."""
    apps: dict[str, Callable[[Walk, Here, Step], Way]]
    """What applications do that lead or play something, by name."""
    used: set[str] = field(default_factory=set)
    """Places of the steps that some call comes by."""
    things: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Kind and name of a thing of Asterisk's (queue, mailbox, room) → what became of it."""
    _known: dict[Here, str | None] = field(default_factory=dict)
    _passed: list[list[Here]] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)
    _steps: int = 0

    def goes(self, here: Here) -> str:
        """The destination that a place means."""
        passed: list[Here] = []
        self._passed.append(passed)
        try:
            found = self._follow(here, passed)
        finally:
            self._passed.pop()
        for each in passed:
            self._known[each] = found
        return found

    def begin(self, section: str, kind: str, wanted: str) -> tuple[str, str]:
        """Names the thing that stands where the call is, so that ways back to it find it: its name, its destination."""
        name = self.names.new(kind, wanted)
        self.made.sections.setdefault(section, {})[name] = Entry("", {})
        return name, self.mean(f"{kind}:{name}")

    def mean(self, ref: str) -> str:
        """Lets ways back to where the call came by lead to the destination."""
        for each in self._passed[-1]:
            self._known[each] = ref
        return ref

    def put(self, section: str, name: str, place: str, **fields: Any) -> Entry:
        """Says what a thing is that was begun."""
        made = self.made.sections[section][name] = entry(place, **fields)
        return made

    def tell(self, place: str, what: str) -> None:
        if (said := f"{place}: {what}") not in self._told:
            self._told.add(said)
            self.made.left.append(said)

    def said(self, text: str, here: Here) -> str:
        """Arguments with the variables that are known here."""
        own = {"EXTEN": here.at.digits, "CONTEXT": here.at.context, "PRIORITY": str(here.at.priority)}
        return expressions.said(
            text, {**self.plan.variables, **own, **({"DIALSTATUS": here.status} if here.status else {})}
        )

    def target(self, text: str, here: Here) -> Here | None:
        """Where `Goto` and its kin lead: `[[context,]extension,]priority`; None where that is nowhere or not known."""
        parts = [each for each in split(text) if each]
        if not parts or len(parts) > 3 or not expressions.known(text):
            return None
        context = parts[-3] if len(parts) == 3 else here.at.context
        digits = parts[-2] if len(parts) >= 2 else here.at.digits
        priority = self.plan.label(context, digits, parts[-1])
        found = At(context, digits, priority) if priority else None
        return Here(found, here.status) if found and self.plan.step(found) else None

    def prompt(self, sounds: str, place: str) -> str:
        """The prompt for one or more sounds, `welcome&menu`; the same sounds are one prompt."""
        names = [each.partition(",")[0] for each in sounds.split("&") if each]
        wanted = names[0].rpartition("/")[2] if names else "silence"
        file = self.sound(names[0]) if len(names) == 1 else ""
        text = f"TODO: {' and '.join(names) or 'nothing'}"
        prompts = self.made.sections.setdefault("prompts", {})
        for name, each in prompts.items():
            if each.fields in ({"file": file}, {"text": text}):
                return name
        name = self.names.new("prompt", wanted)
        prompts[name] = Entry(place, {"file": file} if file else {"text": text})
        if not file:
            self.tell(place, f"the sound {sounds} is not at hand, so the prompt {name} is a text that says TODO")
        return name

    def _follow(self, here: Here, passed: list[Here]) -> str:
        while True:
            step = self.plan.step(here.at)
            if step and step.app == "dial":
                here = Here(here.at)  # which sets the status anew
            if here in self._known:
                return self._again(here)
            self._steps += 1
            if step is None:
                return NORMAL
            if len(self._passed) > MOST_DEPTH or self._steps > MOST_STEPS:
                self.tell(step.place, "calls go on too long from here, so they are ended")
                return NORMAL
            self._known[here] = None
            passed.append(here)
            self.used.add(step.place)
            way = self._way(here, step)
            if isinstance(way, str):
                return way
            here = way

    def _again(self, here: Here) -> str:
        found = self._known[here]
        if found is None:
            step = self.plan.step(here.at)
            self.tell(step.place if step else here.at.context, "calls go round here for ever, so they are ended")
            return NORMAL
        return found

    def _way(self, here: Here, step: Step) -> Way:
        args = self.said(step.args, here)
        if step.app in ENDS:
            return ENDS[step.app]
        if step.app == "goto":
            return self._goto(here, step, args)
        if step.app in ("gotoif", "gotoiftime"):
            return self._if(here, step, args)
        if step.app in self.apps:
            return self.apps[step.app](self, here, replace(step, args=args))
        if step.app not in WITHOUT_EFFECT:
            self.tell(step.place, f"{step.app}({step.args}) is not carried over")
        return here.next()

    def _goto(self, here: Here, step: Step, args: str) -> Way:
        found = self.target(args, here)
        if found is None:
            self.tell(step.place, f"Goto({step.args}) leads nowhere that is known, so calls are ended")
            return NORMAL
        return found

    def _if(self, here: Here, step: Step, args: str) -> Way:
        condition, _, targets = args.partition("?")
        yes, _, no = targets.partition(":")
        wanted = [self.target(each, here) if each.strip() else here.next() for each in (yes, no)]
        if None in wanted:
            self.tell(step.place, f"{step.app}({step.args}) leads nowhere that is known, so it was passed over")
            return here.next()
        true, false = (each or here for each in wanted)
        if step.app == "gotoiftime":
            return self._schedule(here, step, condition, true, false)
        holds = expressions.holds(condition)
        if holds is None:
            self.tell(step.place, f"whether {condition} holds is not known here, so it was passed over")
            return false
        return true if holds else false

    def _schedule(self, here: Here, step: Step, condition: str, true: Here, false: Here) -> Way:
        held = times.parse(condition.split(","))
        if held is None or len(condition.split(",")) > 4:
            self.tell(step.place, f"the times {condition} have no form in a schedule, so they were passed over")
            return false
        all_times = [held]
        while not held.spans and (more := self._same_target(false, true)):
            all_times.append(more[0])
            false = more[1]
        name, ref = self.begin("schedules", "schedule", here.title)
        days: dict[str, Any] = {"weekly": times.weekly(all_times)}
        if held.spans:
            hours = times.written(held.hours)
            days = {"exceptions": [{"recurs": each, "hours": hours} for each in held.spans]}
        self.put("schedules", name, step.place, **days, open=self.goes(true), closed=self.goes(false))
        return ref

    def _same_target(self, here: Here, target: Here) -> tuple[times.Times, Here] | None:
        """The next step's weekly times and its other way, where it asks for more hours of the same target."""
        step = self.plan.step(here.at)
        if step is None or step.app != "gotoiftime" or here in self._known:
            return None
        condition, _, targets = self.said(step.args, here).partition("?")
        yes, _, no = targets.partition(":")
        held = times.parse(condition.split(","))
        other = self.target(no, here) if no.strip() else here.next()
        if held is None or held.spans or other is None or self.target(yes, here) != target or condition.count(",") > 3:
            return None
        self.used.add(step.place)
        return held, other
