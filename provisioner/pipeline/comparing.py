"""Comparing: two revisions of the provider's folder, by what they mean.

For each tenant: what changed in the words of callers, who is reachable at which number in which hours, who gained or
lost a right or a feature, and what a month costs. Pure but for the port of revisions; no machine and no state is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from provisioner.core.changes import diff
from provisioner.core.errors import UsageError
from provisioner.core.feature import Scope
from provisioner.core.findings import nearest
from provisioner.core.flows import Right
from provisioner.core.ports.revisions import Revision, Revisions
from provisioner.provider import Provider
from provisioner.tenant import FEATURES

from . import dates, describe, invoicing, meaning, pricing, reach, renames, versions
from .comparison import Compared, Comparison, Part, Row, YearOf
from .load import collector_off
from .versions import At, Version


@dataclass(frozen=True)
class _Pair:
    """A tenant on both sides; None where it is not there."""

    old: Version | None
    new: Version | None
    renamed: str = ""
    """What the tenant was called before, where it is called something else now."""

    @property
    def slug(self) -> str:
        return (self.new or self.old or _NOBODY).slug


_NOBODY = Version("", {}, None, None)


def compare(
    revisions: Revisions, old: Revision, new: Revision, year: int, only: frozenset[str] = frozenset()
) -> Comparison:
    """Compares two revisions; `only` names tenants, all where it is empty. `year` is the one whose hours are looked at.

    Raises UsageError where a named tenant is on neither side.
    """
    before, after = At(revisions, old), At(revisions, new)
    _known(only, before, after)
    slugs = versions.touched(revisions, before, after)
    with collector_off():
        every = list(_pairs(before.tenants(slugs), after.tenants(slugs)))
        moved = _moved(every)
        pairs = [pair for pair in every if not only or only & {pair.slug, pair.renamed}]
        legible = [pair for pair in pairs if all(side is None or side.data for side in (pair.old, pair.new))]
        found = [_Comparing(pair, before.provider, after.provider, year, moved).done() for pair in legible]
    compared = [] if only else [_platform(before, after)]
    compared += [each for each in found if each.rows]
    return Comparison(old, new, year, tuple(each for each in compared if each.rows), tuple(_notes(pairs, old, new)))


def _known(only: frozenset[str], before: At, after: At) -> None:
    known = {*before.every(), *after.every()} if only else set()
    for name in sorted(only - known):
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"
        with suppress(UsageError):
            after.revisions.find(name)
            hint = f"it is a revision: write {before.revision.name}..{name}"
        raise UsageError(f"no tenant {name!r} at either revision", hint)


def _pairs(old: Mapping[str, Version], new: Mapping[str, Version]) -> Iterator[_Pair]:
    """Sides of the same tenant; one that goes and one that comes with the same house are one that was renamed."""
    gone = {slug: each for slug, each in old.items() if slug not in new}
    for slug, version in new.items():
        if slug in old:
            yield _Pair(old[slug], version)
            continue
        was = next((each for each in gone.values() if _same_house(each, version)), None)
        if was:
            gone.pop(was.slug)
        yield _Pair(was, version, was.slug if was else "")
    for version in gone.values():
        yield _Pair(version, None)


def _same_house(old: Version, new: Version) -> bool:
    same = old.data.get("domain") == new.data.get("domain") or old.data.get("name") == new.data.get("name")
    return same and renames.alike(old.said, new.said) >= renames.ALIKE


def _moved(pairs: Sequence[_Pair]) -> Mapping[str, tuple[str, str]]:
    """number → the tenant that has it no longer and the one that has it now."""

    def of(version: Version | None) -> frozenset[str]:
        return frozenset(version.tenant.numbers) if version and version.tenant else frozenset()

    lost = {number: pair.slug for pair in pairs for number in of(pair.old) - of(pair.new)}
    won = {number: pair.slug for pair in pairs for number in of(pair.new) - of(pair.old)}
    return {number: (lost[number], won[number]) for number in lost if number in won}


def _platform(before: At, after: At) -> Compared:
    """What the provider's file says otherwise; no room has words for it, so the place is the key."""
    changes = diff(before.platform[0], after.platform[0])
    told = [describe.sentence(replace(each, path=(".".join(map(str, each.path)),))) for each in changes]
    return Compared("", versions.PROVIDER, tuple(Row(Part.CHANGES, each.sign, "", each.text) for each in told))


def _notes(pairs: Iterable[_Pair], old: Revision, new: Revision) -> Iterator[str]:
    for pair in pairs:
        for version, revision in ((pair.old, old), (pair.new, new)):
            if version and not version.data:
                yield f"{version.slug} at {revision.short} cannot be read: nothing is said of it"
            elif version and version.mistakes:
                count = f"{version.mistakes} mistake{'s' if version.mistakes > 1 else ''}"
                yield f"{version.slug} at {revision.short} has {count}: it is compared as far as it is understood"


@dataclass(frozen=True)
class _Comparing:
    pair: _Pair
    old_provider: Provider | None
    new_provider: Provider | None
    year: int
    moved: Mapping[str, tuple[str, str]]

    @cached_property
    def _renaming(self) -> tuple[Version | None, list[renames.Renamed]]:
        if self.pair.old is None or self.pair.new is None:
            return self.pair.old, []
        files = _Known(self.pair.old)
        return renames.resolve(
            self.pair.old,
            self.pair.new,
            lambda slug, data: versions.understood(slug, data, files, self.old_provider),
        )

    @property
    def old(self) -> Version | None:
        """The old side under the names of the new one."""
        return self._renaming[0]

    @property
    def renamed(self) -> list[renames.Renamed]:
        return self._renaming[1]

    def done(self) -> Compared:
        version = self.pair.new or self.pair.old or _NOBODY
        years = tuple(self._years())
        rows = (
            *self._changes(), *self._reach(years), *self._extensions(), *self._people(years), *self._rights(),
            *self._features(), *self._cost(),
        )  # fmt: skip
        return Compared(self.pair.slug, version.title, rows, years)

    def _changes(self) -> Iterator[Row]:
        old, new = self.old, self.pair.new
        if self.pair.renamed:
            text = f"the tenant {self.pair.renamed} is called {self.pair.slug} now; {meaning.LEFT_BEHIND}"
            yield Row(Part.CHANGES, "~", "", text, dangerous=True)
        if self._written_alike:
            return
        if old is None or new is None:
            sentences: Iterable[describe.Sentence] = describe.whole(
                old.data if old else None, new.data if new else None
            )
        else:
            sentences = meaning.sentences(old, new, self.renamed)
        for each in sentences:
            number = each.place.removeprefix("numbers.")
            if number in self.moved and each.sign in "+-":
                lost, won = self.moved[number]
                text = (
                    f"{number} moves to the tenant {won}"
                    if each.sign == "-"
                    else f"{number} comes from the tenant {lost}"
                )
                yield Row(Part.CHANGES, each.sign, each.place, text, each.dangerous)
            else:
                yield Row(Part.CHANGES, each.sign, each.place, each.text, each.dangerous)

    def _years(self) -> Iterator[YearOf]:
        if self._written_alike:
            return
        days = reach.days_of(self.year)
        before, after = reach.Reach(self.old or _NOBODY, days), reach.Reach(self.pair.new or _NOBODY, days)
        for number in dict.fromkeys((*before.numbers, *after.numbers)):
            one, other = before.of(number), after.of(number)
            if one != other:
                yield YearOf(number, one, other)

    @property
    def _written_alike(self) -> bool:
        """Whether only what the provider sells may differ."""
        one, other = self.pair.old, self.pair.new
        if one is None or other is None or one.scope is None or other.scope is None:
            return False
        beside = (one.scope.audio, one.scope.calendars) == (other.scope.audio, other.scope.calendars)
        return beside and one.data == other.data

    def _reach(self, years: Iterable[YearOf]) -> Iterator[Row]:
        days = reach.days_of(self.year)
        for each in years:
            for when, old, new in _hours(reach.differing(each.before, each.after, days), days):
                sign = "+" if old == reach.UNKNOWN else "-" if new == reach.UNKNOWN else "~"
                text = f"{each.number} {when}: {new} instead of {old}"
                if sign == "+":
                    text = f"{each.number} {when}: {new}"
                elif sign == "-":
                    text = f"{each.number} {when}: no longer {old}"
                yield Row(Part.REACH, sign, each.number, text, when=when, before=str(old), after=str(new))

    def _extensions(self) -> Iterator[Row]:
        old, new = self._scopes
        for extension, ref in old.extensions.items() if old and new else ():
            now = new.extensions.get(extension, ref) if new else ref
            if now != ref:
                text = f"who dials {extension} reaches {now} instead of {ref}"
                yield Row(Part.REACH, "~", extension, text, before=str(ref), after=str(now))

    def _people(self, years: Iterable[YearOf]) -> Iterator[Row]:
        lost: dict[str, list[str]] = {}
        won: dict[str, list[str]] = {}
        for each in years:
            before, after = reach.users_of(each.before), reach.users_of(each.after)
            for user in before:
                if user not in after:
                    lost.setdefault(user, []).append(each.number)
            for user in after:
                if user not in before:
                    won.setdefault(user, []).append(each.number)
        for user, numbers in lost.items():
            text = f"{user} can no longer be reached by callers of {', '.join(numbers)}"
            yield Row(Part.PEOPLE, "-", user, text, before=" ".join(numbers))
        for user, numbers in won.items():
            yield Row(
                Part.PEOPLE,
                "+",
                user,
                f"{user} can be reached by callers of {', '.join(numbers)}",
                after=" ".join(numbers),
            )

    def _rights(self) -> Iterator[Row]:
        old, new = _rights_of(self.old), _rights_of(self.pair.new)
        yield from _gained(Part.RIGHTS, old, new, "{who} may no longer {what}", "{who} may {what}", "everybody")

    def _features(self) -> Iterator[Row]:
        old, new = self._scopes
        if old is None or new is None:
            return
        both = {"", *(user for user in old.user_names if user in new.user_names)}
        before, after = (
            dict.fromkeys((use.user, use.capability.value.replace("_", " ")) for use in side.uses if use.user in both)
            for side in (old, new)
        )
        yield from _gained(
            Part.FEATURES, before, after, "{who} no longer uses {what}", "{who} uses {what}", "the tenant"
        )

    def _cost(self) -> Iterator[Row]:
        if (self.old and not self.old_provider) or (self.pair.new and not self.new_provider):
            return  # nobody knows any price
        before = _costs(self.old, self.old_provider)
        after = _costs(self.pair.new, self.new_provider)
        unit = next((each.catalogue.currency or "" for each in (self.new_provider, self.old_provider) if each), "")
        for each in pricing.compared(before, after, unit):
            sums = [pricing.money(pricing.total(side), unit) if side is not None else "" for side in (before, after)]
            yield Row(Part.COST, each.sign, "", each.text, before=sums[0], after=sums[1])

    @property
    def _scopes(self) -> tuple[Scope | None, Scope | None]:
        return self.old.scope if self.old else None, self.pair.new.scope if self.pair.new else None


@dataclass(frozen=True)
class _Known:
    """Files that a version was understood with already, so that nobody reads them again."""

    version: Version

    def sha256(self, file: str) -> str | None:
        audio = self.version.scope.audio.get(file) if self.version.scope else None
        return audio.sha256 if audio else None

    def content(self, file: str, most: int) -> bytes | None:
        found = self.version.scope.calendars.get(file) if self.version.scope else None
        return found if found is None else found[:most]


def _hours(
    parts: Sequence[reach.Differing], days: Sequence[date]
) -> Iterator[tuple[str, reach.Outcome, reach.Outcome]]:
    """Parts of the same days that differ alike, as one."""
    found: dict[tuple[reach.Outcome, reach.Outcome, tuple[date, ...]], list[tuple[int, int]]] = {}
    for each in parts:
        found.setdefault((each.old, each.new, each.dates), []).append((each.start, each.end))
    for (old, new, on), windows in found.items():
        yield dates.said(on, windows, days), old, new


def _rights_of(version: Version | None) -> Mapping[tuple[str, str], None]:
    if version is None or version.tenant is None or version.scope is None:
        return {}
    found: list[Right] = []
    for feature in FEATURES:
        if feature.rights:
            found += feature.rights(getattr(version.tenant, feature.section), version.scope)
    return dict.fromkeys((each.user, each.words) for each in found)


def _gained(
    part: Part, old: Mapping[tuple[str, str], None], new: Mapping[tuple[str, str], None], lost: str, won: str, all_: str
) -> Iterator[Row]:
    """One row for all that somebody lost, one for all that she won."""
    for sign, one, other, words in (("-", old, new, lost), ("+", new, old, won)):
        by_user: dict[str, list[str]] = {}
        for user, what in one:
            if (user, what) not in other:
                by_user.setdefault(user, []).append(what)
        for user, found in by_user.items():
            what = ", ".join(found)
            row = Row(part, sign, user, words.format(who=user or all_, what=what))
            yield replace(row, before=what) if sign == "-" else replace(row, after=what)


def _costs(version: Version | None, provider: Provider | None) -> pricing.Costs | None:
    if version is None:
        return None
    return invoicing.standing(version.tenant, provider.catalogue) if version.tenant and provider else {}
