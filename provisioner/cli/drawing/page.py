"""The call flow as one HTML page: the picture, and below it the tenant's file, to whose lines the nodes lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from provisioner.core.refs import Ref

from . import Drawn
from .picture import draw

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#222;margin:1.5rem}.picture{overflow:auto;border:1px solid #ddd}
pre{font:13px/1.5 ui-monospace,monospace;counter-reset:line}pre span{display:block;counter-increment:line}
pre span::before{content:counter(line);display:inline-block;width:3.5em;margin-right:1em;text-align:right;color:#6b6b6b}
pre span:target{background:#fff3bf}pre{overflow:auto}
h1{position:absolute;clip-path:inset(50%)}
"""


def page(drawn: Drawn, texts: Mapping[str, Sequence[str]]) -> str:
    """`texts` are the lines of each of the tenant's files."""
    return "\n".join(_lines(drawn, texts)) + "\n"


def _lines(drawn: Drawn, texts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    files = list(texts)

    def link(ref: Ref) -> str:
        place = drawn.places.get(ref)
        return f"#{anchor(files.index(place.file), place.start.line)}" if place and place.file in texts else ""

    heading = escape(f"{drawn.tenant}: {drawn.title}")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{heading}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>"
    yield f'<div class="picture" tabindex="0">\n{draw(drawn, link)}</div>'
    for number, (file, lines) in enumerate(texts.items()):
        yield f'<h2>{escape(file)}</h2>\n<pre tabindex="0">'
        yield "".join(
            f'<span id="{anchor(number, line)}">{escape(text) or " "}</span>'
            for line, text in enumerate(lines, start=1)
        )
        yield "</pre>"
    yield "</main>\n</body>\n</html>"


def anchor(file: int, line: int) -> str:
    """`f0-L12`: the files of a tenant by their order."""
    return f"f{file}-L{line}"
