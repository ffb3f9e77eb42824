"""What Wazo keeps beside its users, as wazo-confd lists it in JSON: incoming calls, groups, queues, menus, schedules.

The forms are those of wazo-confd 1.1, `GET /incalls`, `/groups`, `/queues`, `/ivr` and `/schedules`
(wazo-platform/wazo-confd, plugins/*/schema.py, helpers/destination.py). There a schedule stands before a number, group
or queue and says only where calls go while it is closed; here it becomes a schedule of its own for each of them. Its
hours hold their last minute, as Asterisk's do (wazo-platform/wazo-agid, schedule.py). What a queue does with callers
whom it does not serve is in no list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .asterisk import times
from .asterisk.conf import Line as Setting
from .asterisk.conf import Section
from .asterisk.tenant import Names, Staff, entry, queue
from .company import Company, Line, Person, international
from .exports import items

Thing = dict[str, Any]
KINDS = {
    "ivr": "menu_sound", "schedule": "open_periods", "ring_group": "ring_strategy", "queue": "retry_on_timeout",
    "incall": "destination",
}  # fmt: skip
"""What a list holds → the key that tells an entry of it from the others, in this order."""
ID = {"group": ("ring_group", "group_id"), "queue": ("queue", "queue_id"), "ivr": ("ivr", "ivr_id")}
"""Kind of a destination there → kind here, and where its number stands."""
SECTIONS = {"ivr": "ivr", "ring_group": "ring_groups", "queue": "queues", "schedule": "schedules"}
STRATEGIES = {"all": "all", "linear": "linear", "memorized_round_robin": "round_robin", "random": "random"}
"""How a group rings there → here."""
HANGUPS = ("busy", "congestion", "normal")
NOBODY = "hangup:normal"


class Lists:
    """The lists on their way into a company whose users are known; `people` says who has which uuid there."""

    def __init__(self, made: Company, people: Mapping[str, Person], country: str) -> None:
        self.made, self.people, self.country = made, people, country
        self.names = Names()
        self.found: dict[str, dict[str, tuple[str, Thing]]] = {kind: {} for kind in KINDS}
        """kind → number there → place and entry."""
        self.named: dict[tuple[str, str], str] = {}
        """kind and number → the name here of what is taken over."""
        self.before: dict[tuple[str, str], str] = {}
        """number of a schedule and what it stands before → its name here."""

    def read(self, files: Mapping[str, bytes]) -> None:
        """Takes over everything of the files."""
        for file, content in files.items():
            for place, each in items(content, file):
                kind = next((kind for kind, key in KINDS.items() if key in each), "")
                if not kind:
                    self._tell(place, "neither an incoming call, a group, a queue, a menu nor a schedule")
                elif each.get("enabled") is False:
                    self._tell(place, f"{_title(each)} is switched off there, so it was left out")
                else:
                    self.found[kind][str(each.get("id"))] = (place, each)
        for kind in ("ring_group", "queue", "ivr"):
            for number, (place, each) in self.found[kind].items():
                if kind == "ivr" or self._members(each, f"{place}: of {_title(each)}"):
                    self.named[kind, number] = self.names.new(kind, _title(each))
                else:
                    self._tell(place, f"{_title(each)} has no member who is known, so it was left out")
        for (kind, number), name in list(self.named.items()):
            place, each = self.found[kind][number]
            made = {"ivr": self._menu, "ring_group": self._group, "queue": self._queue}[kind](place, each)
            fields = {"title": _title(each), "extension": self._extension(place, each), **made}
            self._put(SECTIONS[kind], name, place, fields)
        for place, each in self.found["incall"].values():
            self._incall(place, each)
        self.made.settle()

    def _tell(self, place: str, what: str) -> None:
        told = f"{place}: {what}"
        if told not in self.made.left:
            self.made.left.append(told)

    def _put(self, section: str, name: str, place: str, fields: dict[str, Any]) -> None:
        self.made.sections.setdefault(section, {})[name] = entry(place, **fields)

    def _incall(self, place: str, call: Thing) -> None:
        target = self._goes(place, call["destination"], call.get("schedules"))
        for each in _all(call, "extensions"):
            number = str(each.get("exten") or "")
            line = Line(international(number, self.country), target, place, str(call.get("description") or ""))
            line.kind = "direct" if target.startswith("user:") else "other"
            self.made.add(line, number)

    def _group(self, place: str, group: Thing) -> dict[str, Any]:
        wanted = str(group.get("ring_strategy"))
        strategy = STRATEGIES.get(wanted, "linear")
        if wanted not in STRATEGIES:
            self._tell(place, f"{_title(group)} rings {wanted}; here in the order of its list")
        seconds = group.get("timeout" if strategy == "all" else "user_timeout")
        fallbacks = group.get("fallbacks")
        onward = fallbacks if isinstance(fallbacks, dict) else {}
        if onward.get("congestion_destination"):
            self._tell(place, f"where {_title(group)} leads when it is crowded is not carried over")
        return {
            "strategy": strategy,
            "members": self._members(group),
            "ring_time": _seconds(seconds, 5, 300),
            "skip_busy": group.get("ring_in_use") is False or None,
            "no_answer": self._goes(place, onward.get("noanswer_destination")),
        }

    def _queue(self, place: str, waiting: Thing) -> dict[str, Any]:
        options = [each for each in waiting.get("options") or () if isinstance(each, list) and len(each) == 2]
        settings = [Setting(place, str(key).lower(), str(value)) for key, value in options]
        fields = queue(Section(_title(waiting), place, settings), Staff(), self.made.left)
        self._tell(place, f"where {_title(waiting)} leads callers whom it does not serve is in no list: say it")
        return {
            **fields,
            "members": self._members(waiting),
            "timeout": _seconds(waiting.get("timeout"), 10, 7200) or "7200s",
            "overflow": {"timeout": NOBODY, "empty": NOBODY} | ({"full": NOBODY} if fields.get("max_waiting") else {}),
        }

    def _menu(self, place: str, menu: Thing) -> dict[str, Any]:
        keys = {}
        for each in _all(menu, "choices"):
            key = str(each.get("exten") or "")
            if len(key) == 1 and key in "0123456789*#":
                keys[key] = self._goes(place, each.get("destination"))
            else:
                self._tell(place, f"key {key!r} of {_title(menu)} is not one key")
        for sound in ("greeting_sound", "abort_sound"):
            if menu.get(sound):
                self._tell(place, f"{sound} {menu[sound]} of {_title(menu)} is not carried over")
        wrong = {"prompt": self._prompt(place, menu["invalid_sound"])} if menu.get("invalid_sound") else {}
        silent = {}
        if menu.get("invalid_destination"):
            wrong["destination"] = self._goes(place, menu["invalid_destination"])
        if menu.get("timeout_destination"):
            silent["destination"] = self._goes(place, menu["timeout_destination"])
        tries = menu.get("max_tries")
        return {
            "prompt": self._prompt(place, menu["menu_sound"]),
            "keys": keys,
            "timeout": _seconds(menu.get("timeout"), 1, 60),
            "attempts": min(max(tries, 1), 9) if isinstance(tries, int) else None,
            "invalid": wrong,
            "no_input": silent,
            "exhausted": self._goes(place, menu.get("abort_destination")),
        }

    def _prompt(self, place: str, sound: object) -> str:
        """Sounds are no configuration: a text that says which one it was."""
        text = f"TODO: {sound}"
        prompts = self.made.sections.setdefault("prompts", {})
        if known := next((name for name, each in prompts.items() if each.fields == {"text": text}), ""):
            return known
        name = self.names.new("prompt", str(sound).rpartition("/")[2])
        prompts[name] = entry(place, text=text)
        self._tell(place, f"the sound {sound} is not at hand, so the prompt {name} is a text that says TODO")
        return name

    def _goes(self, place: str, target: object, schedules: object = None) -> str:
        """Where a destination leads, by way of the schedules before it; calls for what has no form here end."""
        found, kind, number = self._ref(target)
        if not found:
            what = target.get("type") if isinstance(target, dict) else None
            if what and what != "none":
                self._tell(place, f"{what} {number} has no place here, so calls for it end".replace("  ", " "))
            found = NOBODY
        before = [*(schedules if isinstance(schedules, list) else ())]
        if (kind, number) in self.named:
            before += _all(self.found[kind][number][1], "schedules")
        for each in reversed(before):
            found = self._by(place, str(each.get("id")) if isinstance(each, dict) else "", found)
        return found

    def _ref(self, target: object) -> tuple[str, str, str]:
        """The destination, empty where it has no place here; its kind and number there."""
        if not isinstance(target, dict):
            return "", "", ""
        what = str(target.get("type"))
        if what in ID:
            kind, key = ID[what]
            number = str(target.get(key))
            name = self.named.get((kind, number), "")
            return f"{kind}:{name}" if name else "", kind, number
        if what == "hangup":
            return (f"hangup:{target.get('cause')}" if target.get("cause") in HANGUPS else NOBODY), "", ""
        if what == "user":
            who = f"{target.get('user_firstname') or ''} {target.get('user_lastname') or ''}".strip()
            alike = [each.slug for each in self.made.people if each.name == who]
            return f"user:{alike[0]}" if len(alike) == 1 else "", "", who
        if what == "extension":
            exten = str(target.get("exten"))
            return self._dialled(exten), "", exten
        return "", "", ""

    def _dialled(self, digits: str) -> str:
        """What an extension or a public number reaches."""
        for each in self.made.people:
            if each.extension == digits:
                return f"user:{each.slug}"
        for (kind, number), name in self.named.items():
            if self._extension("", self.found[kind][number][1]) == digits:
                return f"{kind}:{name}"
        public = international(digits, self.country)
        return f"number:{public}" if public else ""

    def _by(self, place: str, number: str, onward: str) -> str:
        """The schedule that stands before `onward`; one for each of what it stands before."""
        if number not in self.found["schedule"]:
            self._tell(place, f"schedule {number} is in no list, so it is open at all hours")
            return onward
        written, schedule = self.found["schedule"][number]
        if known := self.before.get((number, onward)):
            return f"schedule:{known}"
        name = self.before[number, onward] = self.names.new("schedule", _title(schedule))
        periods = [self._period(written, each) for each in _all(schedule, "open_periods")]
        weekly = [each for each in periods if each and not each.spans]
        fields = {
            "title": _title(schedule),
            "time_zone": str(schedule.get("timezone") or ""),
            "weekly": times.weekly(weekly),
            "exceptions": list(self._exceptions(written, schedule)),
            "open": onward,
            "closed": self._goes(written, schedule.get("closed_destination")),
        }
        if any(each and each.spans for each in periods):
            self._tell(written, f"hours of {_title(schedule)} on some days of the year alone, so it is closed then")
        self._put("schedules", name, written, fields)
        return f"schedule:{name}"

    def _period(self, place: str, period: Thing) -> times.Times | None:
        days, months, week = (_numbers(period, key) for key in ("month_days", "months", "week_days"))
        told = [
            f"{period.get('hours_start')}-{period.get('hours_end')}",
            "*" if len(week) == 7 else "&".join(times.DAYS[each - 1] for each in week if 1 <= each <= 7),
            "*" if len(days) == 31 else "&".join(map(str, days)),
            "*" if len(months) == 12 else "&".join(times.MONTHS[each - 1] for each in months if 1 <= each <= 12),
        ]
        if (found := times.parse(told)) is None:
            self._tell(place, f"the times {', '.join(told)} have no form in a schedule, so they were passed over")
        return found

    def _exceptions(self, place: str, schedule: Thing) -> Iterator[dict[str, Any]]:
        for each in _all(schedule, "exceptional_periods"):
            held = self._period(place, each)
            if held is None:
                continue
            if held.hours != times.WHOLE_DAY or not held.spans:
                self._tell(place, f"an exception of {_title(schedule)} that is not of whole days of the year")
                continue
            to = self._goes(place, each.get("destination"))
            yield from ({"recurs": span, "closed": True, "destination": to} for span in held.spans)

    def _members(self, of: Thing, place: str = "") -> list[str]:
        """Users and public numbers; who is not known is told where a place is given."""
        held = of.get("members")
        members: list[str] = []
        for kind in ("users", "extensions", "agents"):
            for each in _all(held, kind) if isinstance(held, dict) else ():
                person = self.people.get(str(each.get("uuid")))
                digits = str(each.get("exten") or "")
                ref = f"user:{person.slug}" if person else self._dialled(digits) if digits else ""
                who = digits or f"{each.get('firstname') or ''} {each.get('lastname') or ''}".strip()
                if ref.partition(":")[0] in ("user", "number"):
                    members += [ref] if ref not in members else []
                elif place:
                    self.made.left.append(f"{place} {kind.removesuffix('s')} {who} is no user of the list")
        return members

    def _extension(self, place: str, of: Thing) -> str:
        """The first extension; others are told where a place is given."""
        first, *others = [str(each.get("exten")) for each in _all(of, "extensions")] or [""]
        if place and (others or of.get("schedules")):
            told = f"extensions {', '.join(others)}" if others else f"hours of calls to {first or 'it'} from inside"
            self._tell(place, f"{told} of {_title(of)} are not carried over")
        return first if first.isdecimal() and 2 <= len(first) <= 6 else ""


def _title(of: Thing) -> str:
    return str(of.get("label") or of.get("name") or of.get("id"))


def _all(of: Any, key: str) -> list[Thing]:
    found = of.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _numbers(of: Thing, key: str) -> list[int]:
    found = of.get(key)
    return sorted({each for each in found if isinstance(each, int)}) if isinstance(found, list) else []


def _seconds(value: object, least: int, most: int) -> str | None:
    return f"{min(max(value, least), most)}s" if isinstance(value, int) and value > 0 else None
