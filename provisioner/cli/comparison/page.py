"""A comparison as one HTML page that needs nothing else: no script, no style sheet, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from provisioner.pipeline.comparison import Compared, Comparison, Part, Row

from . import SAME, SIGNS, carpet, heading, named, title

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#222;max-width:76rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h3{font-size:1rem;margin-bottom:.3rem}
h2{font-size:1.2rem;border-bottom:1px solid #ccc;padding-bottom:.2rem}
p.ends{color:#555;margin:.2rem 0}
table{border-collapse:collapse;width:100%}
td{padding:.25rem .5rem;vertical-align:top;border-top:1px solid #eee}
td.sign{width:5.5rem;color:#555}
td.place{color:#666;font-family:ui-monospace,monospace;font-size:.85rem;width:22rem;overflow-wrap:anywhere}
tr.added td.sign{color:#1a7f37}tr.removed td.sign{color:#b42318}
tr.danger{background:#fdecea}tr.danger td.sign{color:#b42318;font-weight:600}
svg{max-width:100%;height:auto}
"""
HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What changed for callers</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>What changed for callers</h1>"""


def page(comparisons: Sequence[Comparison], *, commits: bool, calendar: bool) -> str:
    return "\n".join(_lines(comparisons, commits=commits, calendar=calendar)) + "\n"


def _lines(comparisons: Sequence[Comparison], *, commits: bool, calendar: bool) -> Iterator[str]:
    yield HEAD
    for each in comparisons:
        if commits:
            yield f"<h2>{escape(named(each.new))}</h2>"
        else:
            yield f'<p class="ends">from {escape(named(each.old))}</p>'
            yield f'<p class="ends">to {escape(named(each.new))}</p>'
        level = "h3" if commits else "h2"
        for tenant in each.tenants:
            yield f"<{level}>{escape(title(tenant))}</{level}>"
            yield from _tenant(tenant, each, calendar=calendar)
        if not each.differs:
            yield f"<p>{SAME.capitalize()}.</p>"
    yield "</main>\n</body>\n</html>"


def _tenant(tenant: Compared, comparison: Comparison, *, calendar: bool) -> Iterator[str]:
    for part in Part:
        if rows := tenant.of(part):
            yield f"<h3>{escape(heading(part, comparison).capitalize())}</h3>\n<table>"
            yield from map(_row, rows)
            yield "</table>"
    for year in tenant.years if calendar else ():
        yield carpet.draw(year, comparison.year)


def _row(row: Row) -> str:
    kind = "danger" if row.dangerous else SIGNS[row.sign]
    sign = "danger" if row.dangerous else SIGNS[row.sign]
    return (
        f'<tr class="{kind}"><td class="sign">{sign}</td><td>{escape(row.text)}</td>'
        f'<td class="place">{escape(row.subject)}</td></tr>'
    )
