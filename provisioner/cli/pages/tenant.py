"""What the page of a tenant shows, in the order and the words of readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from provisioner.cli.drawing import Drawn, arrows, crowd_of
from provisioner.cli.drawing.picture import draw
from provisioner.core.refs import Ref
from provisioner.features.users.devices import DeviceKind
from provisioner.pipeline import callflow
from provisioner.pipeline.callflow import CallFlow, Node
from provisioner.pipeline.reporting import Charge, Commit, TenantReport

from . import calendar, common, map_of_year
from .common import Link
from .words import Language

CHARGED = {
    "main": "Main numbers", "direct": "Direct numbers", "mobile": "Mobile numbers", "other": "Other numbers",
    "international": "International numbers",
}  # fmt: skip
"""Class of number → what the invoice calls it."""


@dataclass(frozen=True)
class TenantView:
    report: TenantReport
    language: Language

    @cached_property
    def sources(self) -> common.Sources:
        return common.Sources(self.report.document)

    @property
    def title(self) -> str:
        return self.language.say("Telephony at {0}", self.report.tenant.name)

    @property
    def stamp(self) -> str:
        return common.stamped(self.report.stamp, self.language)

    def money(self, charge: Charge | None = None, *, each: bool = False) -> str:
        report = self.report
        amount = report.total if charge is None else charge.price if each else charge.amount
        return common.money(amount, self.language, "" if charge else report.currency)

    @cached_property
    def figures(self) -> list[tuple[str, str, str]]:
        """What is seen first: a figure, what it counts, and the section that tells more."""
        say, report = self.language.say, self.report
        verified = report.verified
        passed = f"{len(verified.cases) - len(verified.failed)}/{len(verified.cases)}" if verified else "–"
        return [
            (str(len(report.tenant.numbers)), say("numbers"), "numbers"),
            (str(len(report.tenant.users)), say("users"), "users"),
            (self.money(), say("per month"), "cost"),
            (str(len(report.findings)), say("findings"), "findings"),
            (passed, say("test calls passed") if verified else say("not verified"), "verification"),
        ]

    # -- calls

    @cached_property
    def flow(self) -> CallFlow:
        return callflow.of(self.report.tenant, self.report.scope, self.language.say)

    @cached_property
    def _nodes(self) -> dict[Ref, Node]:
        return {node.ref: node for node in self.flow.nodes}

    @property
    def picture(self) -> Markup:
        report = self.report
        name = self.language.say("Where calls go")
        drawn = Drawn(report.tenant.name, name, self.flow, {}, self._lines)
        return Markup(draw(drawn, self._link, style=""))  # all words in it are escaped

    @property
    def ways(self) -> Iterator[tuple[Link, str, list[tuple[str, Link]]]]:
        """Each node, what it is, and where calls go on from there."""
        onward: dict[Ref, list[tuple[str, Link]]] = {}
        for way in arrows(self.flow):
            onward.setdefault(way.start, []).append((way.label, self.named(way.target)))
        for ref, node in self._nodes.items():
            if ref in onward:
                yield (self._called(node), self._link(ref)), self._lines(node, self.flow)[1], onward[ref]

    def _lines(self, node: Node, flow: CallFlow) -> tuple[str, str]:
        """What people call a node, and what it is."""
        say, told = self.language.say, [node.noun]
        if node.ref.kind == callflow.NUMBER and node.title:
            return node.ref.name, node.title
        if node.extension:
            told.append(say("ext. {0}", node.extension))
        if crowd := crowd_of(node, flow):
            told.append(say("leads to {0} more by name or extension", crowd))
        return self._called(node), " · ".join(told)

    def _called(self, node: Node) -> str:
        """By its title, where it is no number; a mailbox without one by its user's name, an end of calls in words."""
        if node.ref.kind == "hangup":
            return self.language.say(node.ref.name)
        if node.ref.kind == callflow.NUMBER:
            return node.ref.name
        owner = self.report.tenant.users.get(node.ref.name) if node.ref.kind == "voicemail" else None
        return node.title or (owner.name if owner else node.ref.name)

    def _link(self, ref: Ref) -> str:
        node = self._nodes.get(ref)
        return self.sources.link(node.path) if node else ""

    def named(self, ref: Ref) -> Link:
        """What people call a destination: `Receptionen (ring group)`."""
        node = self._nodes.get(ref)
        if node is None or ref.kind == callflow.NUMBER:
            return ref.name, self._link(ref)
        if ref.kind == "hangup":
            return self.language.say("the call ends: {0}", self.language.say(ref.name)), ""
        if ref.kind == "user":
            return self._called(node), self._link(ref)
        return f"{self._called(node)} ({node.noun})", self._link(ref)

    @property
    def numbers(self) -> Iterator[tuple[Link, str, str, Link, str]]:
        """Number, title, kind, where it leads, and when it works."""
        for number, what in self.report.tenant.numbers.items():
            link = self.sources.link(("numbers", number))
            to = self.named(what.destination) if isinstance(what.destination, Ref) else (str(what.destination), "")
            period = [
                self.language.say(words, edge)
                for words, edge in (("from {0}", what.active_from), ("until {0}", what.active_until))
                if edge
            ]
            yield (number, link), what.title or "", self.language.say(what.kind.value), to, ", ".join(period)

    @cached_property
    def maps(self) -> list[map_of_year.Map]:
        return list(map_of_year.maps(self.report, self.language, self.told))

    @property
    def steady(self) -> list[str]:
        """Numbers for which neither the clock nor the date decides anything."""
        drawn = {number for each in self.maps for number in each.numbers}
        return [number for number in self.report.tenant.numbers if number not in drawn]

    def told(self, target: str, said: str, rings: tuple[str, ...], behind: tuple[str, ...]) -> str:
        """An outcome in words: whose telephones ring, by name."""
        if not target:
            return self.language.say(said)
        kind, _, name = target.partition(":")
        words = [self.named(Ref(kind, name))[0]]
        if rings and kind != "user":
            words.append(self.language.say("rings {0}", self._people(rings)))
        if behind:
            words.append(self.language.say("behind it {0}", self._people(behind)))
        return "; ".join(words)

    def _people(self, users: tuple[str, ...]) -> str:
        return ", ".join(self.report.tenant.users[each].name for each in users)

    # -- people and money

    @property
    def users(self) -> Iterator[tuple[Link, str, str, str, str, str, bool]]:
        """Name, extension, direct numbers, plan, telephones, whom she may call, whether she has a mailbox."""
        say, report = self.language.say, self.report
        plans = {charge.title for charge in report.charges if charge.kind == "plan"}
        titles = report.scope.catalogue.plans if report.scope.catalogue else {}
        for name, user in report.tenant.users.items():
            offer = titles.get(user.plan)
            plan = offer.title if offer and offer.title in plans else user.plan
            kinds = [
                say("mobile telephone" if each.kind is DeviceKind.MOBILE else each.kind.value)
                for each in user.devices.values()
            ]
            may = f"may {user.call_permission}" if user.call_permission else "as the plan says"
            numbers = ", ".join(report.direct.get(name, []))
            link = self.sources.link(("users", name))
            yield (
                (user.name, link), user.extension, numbers, plan or "", ", ".join(kinds), say(may), bool(user.voicemail)
            )  # fmt: skip

    def charged(self, charge: Charge) -> str:
        if charge.kind == "base":
            return charge.title or self.language.say("Base")
        return self.language.say(CHARGED[charge.title]) if charge.kind == "number" else charge.title

    # -- days, findings, history

    @cached_property
    def schedules(self) -> list[calendar.Drawn]:
        return [calendar.drawn(each, self) for each in self.report.schedules]

    @property
    def findings(self) -> Iterator[tuple[str, str, str, Link]]:
        for each in sorted(self.report.findings, key=common.weight):
            place = f"{each.span.file}:{each.span.start.line}"
            yield each.severity.value, each.code, each.finding.message, (place, self.sources.of(each.span))

    @property
    def commits(self) -> Iterator[common.Event]:
        return map(self._commit, self.report.commits)

    def _commit(self, commit: Commit) -> common.Event:
        found, rows = commit.revision, commit.rows or ()
        few = tuple((row.dangerous, f"{'!' if row.dangerous else row.sign} {row.text}") for row in rows[: common.FEW])
        words = "nothing that callers, users or the invoice would notice" if commit.rows is not None else "the first"
        nothing = "" if few else self.language.say(words)
        who = f"{common.name_of(found.author)}, {found.short}"
        return common.Event(common.day(found.at), who, found.subject, few, len(rows) - len(few), nothing=nothing)

    @property
    def applies(self) -> Iterator[common.Event]:
        return (common.applied(each, self.language) for each in self.report.applies[: common.FEW * 2])
