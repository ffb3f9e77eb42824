"""An external attendant's sheet as a page: how to answer the number that is called, what people are doing, the office.

It asks anew by itself and holds no script. With `?called=+46…` that number stands alone at its top, so that her program
can open it as a call comes in. It only tells: messages are sent by the other request.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import parse_qs

AGAIN = 10
"""Seconds until the browser asks anew; six a minute are far below what a login may ask."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
"""Content-Security-Policy of the page."""
WORDS = {
    "sv": {
        "answer": "Svara", "connect": "Koppla", "notify": "Meddela", "temporary": "Just nu", "questions": "Frågor",
        "people": "Personer", "office": "Kontoret", "extension": "Anknytning", "activity": "Aktivitet", "until": "Åter",
        "note": "Notering", "name": "Namn", "all": "Alla nummer", "address": "Adress", "directions": "Vägbeskrivning",
        "hours": "Öppettider", "web": "Webb", "mail": "E-post", "about": "Om företaget",
        "keys": "{connects} och anknytning # kopplar. {announces} och anknytning # ringer upp först; "
        "lägg på för att koppla, {back} går tillbaka.",
    },
    "en": {
        "answer": "Answer", "connect": "Connect", "notify": "Notify", "temporary": "Now", "questions": "Questions",
        "people": "People", "office": "The office", "extension": "Extension", "activity": "Activity", "until": "Back",
        "note": "Note", "name": "Name", "all": "All numbers", "address": "Address", "directions": "Directions",
        "hours": "Hours", "web": "Web", "mail": "Mail", "about": "About",
        "keys": "{connects} and an extension # connects. {announces} and an extension # calls first; "
        "hang up to connect, {back} goes back.",
    },
}  # fmt: skip
STYLE = (
    "body{font:16px/1.4 sans-serif;margin:1.5rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24;background:#fff}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}section.called{border-left:4px solid #2463a8;"
    "padding:.1rem 1rem;margin:1rem 0;background:#f3f6fa}dt{font-weight:600;float:left;clear:left;min-width:8rem}"
    "dd{margin:0 0 .3rem 8.5rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;"
    "padding:.3rem .8rem .3rem 0;border-bottom:1px solid #d5dbe2}tr.away td{background:#fdf2e3}.now{background:#fff3c4}"
)


def page(told: dict[str, Any], language: str, query: str) -> str:
    """`told` is what `desk.sheet` tells, `language` the tenant's."""
    words = WORDS.get(language[:2], WORDS["en"])
    called = told["called"]
    # A plus in a query means a blank, and not everybody's program knows.
    wanted = "+" + parse_qs(query).get("called", [""])[0].strip(" +")
    shown = {wanted: called[wanted]} if wanted in called else called
    body = [
        f"<h1>{escape(told['name'])} · {escape(told['number'])}</h1>",
        *([f"<p>{escape(words['keys'].format_map(told))}</p>"] if told["connects"] else []),
        *(line for number, each in shown.items() for line in _called(number, each, words)),
        *([f'<p><a href="?">{words["all"]}</a></p>'] if shown is not called else []),
        *_people(told["people"], words, language),
        *_office(told["office"], words),
    ]
    head = (
        f'<meta charset="utf-8"><meta http-equiv="refresh" content="{AGAIN}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(told["name"])}</title>'
        f"<style>{STYLE}</style>"
    )
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head>{head}</head><body>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _called(number: str, each: dict[str, Any], words: dict[str, str]) -> Iterator[str]:
    yield f'<section class="called"><h2>{escape(number)}</h2><dl>'
    for note in each["temporary"]:
        yield f'<dt>{words["temporary"]}</dt><dd class="now">{escape(note)}</dd>'
    for key in ("answer", "connect", "notify"):
        if each[key]:
            yield f"<dt>{words[key]}</dt><dd>{escape(each[key])}</dd>"
    yield "</dl>"
    if each["questions"]:
        yield f"<h3>{words['questions']}</h3><ul>"
        yield from (f"<li>{escape(one['question'])} <b>{escape(one['answer'])}</b></li>" for one in each["questions"])
        yield "</ul>"
    yield "</section>"


def _people(people: list[dict[str, Any]], words: dict[str, str], language: str) -> Iterator[str]:
    columns = ("name", "extension", "activity", "until", "note")
    yield f"<h2>{words['people']}</h2><table><tr>" + "".join(f"<th>{words[key]}</th>" for key in columns) + "</tr>"
    for each in people:
        titles = each.get("titles", {})
        doing = titles.get(language) or titles.get(language[:2]) or each.get("activity", "")
        until = (each.get("until") or "")[:16].replace("T", " ")
        cells = (each["name"], each["extension"], doing, until, each.get("note", ""))
        away = ' class="away"' if each.get("activity", "available") != "available" else ""
        yield f"<tr{away}>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
    yield "</table>"


def _office(office: dict[str, str], words: dict[str, str]) -> Iterator[str]:
    if office:
        yield f"<h2>{words['office']}</h2><dl>"
        yield from (f"<dt>{words.get(key, escape(key))}</dt><dd>{escape(text)}</dd>" for key, text in office.items())
        yield "</dl>"
