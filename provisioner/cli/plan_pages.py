"""A plan as a page for people who review it: Markdown for the comment on a merge request, HTML to mail or keep.

Both begin with what stops it and what is dangerous; what happens on which machine comes last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from .deployment import PLATFORM, plan_title

if TYPE_CHECKING:
    from provisioner.pipeline.deploy import Plan

LIMIT = 60_000
"""Characters; GitHub refuses a comment of more than 65,536."""

Part = tuple[str, Sequence[str]]
"""A heading and its lines, without markup."""

STOPS = "Apply will stop: more would be taken away than it may"
DANGER = "Danger: this does not come back by itself"


def parts(plan: Plan) -> Iterator[Part]:
    """The page, part by part, danger first; a part without lines is left out."""
    said = [(words.slug, each) for words in plan.words for each in words.sentences]
    found = [
        (STOPS, [each.text for each in plan.stops]),
        (DANGER, [f"{slug}: {each.text}" for slug, each in said if each.dangerous]),
    ]
    for words in plan.words:
        others = [f"{each.sign} {each.text}" for each in words.sentences if not each.dangerous]
        found.append((words.slug or PLATFORM, others))
    for machine in plan.machines:
        lines = [" · ".join((each.what, *each.reloads)) for each in machine.doings]
        found.append((f"On {machine.machine}, in this order", lines))
    yield from ((heading, lines) for heading, lines in found if lines)


def markdown(plan: Plan) -> str:
    """At most `LIMIT` characters; what is cut off is counted."""
    text = f"### pbx plan {plan.binding.environment}: {plan_title(plan)}\n"
    end = f"\n{_bound(plan)}\n"
    left = sum(len(lines) for _, lines in parts(plan))
    for heading, lines in parts(plan):
        text += f"\n**{_plain(heading)}**\n\n"
        for number, line in enumerate(lines, 1):
            row = f"{f'{number}.' if heading.startswith('On ') else '-'} {_plain(line)}\n"
            if len(text) + len(row) + len(end) + 80 > LIMIT:
                return f"{text}\n… and {left} more lines: see the plan itself.\n{end}"
            text += row
            left -= 1
    return text + end


def _plain(text: str) -> str:
    for special in "\\`*_<>|[]#":
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())


def html(plan: Plan) -> str:
    """One page that needs nothing else."""
    title = escape(f"pbx plan {plan.binding.environment}: {plan_title(plan)}")
    body = "".join(_section(heading, lines) for heading, lines in parts(plan))
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n<style>{_STYLE}</style>\n'
        f"<h1>{title}</h1>\n{body}<footer>{escape(_bound(plan))}</footer>\n</html>\n"
    )


_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.4rem}"
    "h2{font-size:1.1rem}.danger{border-left:.3rem solid #b00020;padding-left:1rem}footer{color:#555;font-size:.9rem}"
)


def _section(heading: str, lines: Sequence[str]) -> str:
    kind = ' class="danger"' if heading in (STOPS, DANGER) else ""
    items = "".join(f"<li>{escape(each)}</li>\n" for each in lines)
    tag = "ol" if heading.startswith("On ") else "ul"
    return f"<section{kind}>\n<h2>{escape(heading)}</h2>\n<{tag}>\n{items}</{tag}>\n</section>\n"


def _bound(plan: Plan) -> str:
    bound = plan.binding
    commit = f", commit {bound.origin.commit[:10]}{'+' if bound.origin.dirty else ''}" if bound.origin.commit else ""
    return f"plan {bound.digest[:12]} by pbx {bound.tool}{commit}"
