"""A plan as text, Markdown and HTML: danger first, machines last, nothing of the tenant's own text as markup."""

from __future__ import annotations

from dataclasses import replace

from provisioner.cli import plan_pages
from provisioner.cli.deployment import plan_document, plan_text
from provisioner.core.audit import Origin
from provisioner.core.deployment import Kind, Op, StackPlan, Step
from provisioner.core.holdings import Holding
from provisioner.pipeline.binding import Binding
from provisioner.pipeline.brakes import Stop
from provisioner.pipeline.deploy import Plan
from provisioner.pipeline.describe import Sentence
from provisioner.pipeline.on_machines import Doing, OnMachine
from provisioner.pipeline.sides import Words
from provisioner.provider import Brake

STEP = Step("lab.tenant.klinik", Kind.CORE_BUNDLE, "core", Op.UPDATE, ("digest",), {}, {"node": "core"})
PLAN = Plan(
    Binding("lab", (), "ab" * 32, tool="0.1.0", origin=Origin(commit="c0ffee1234567", dirty=True)),
    (StackPlan(STEP.stack, "1", (STEP,)),),
    words=(
        Words("kiosken", (Sentence("~", "ivr.main", "the menu *main* says <b>hi</b> | bye"),)),
        Words("klinik", (Sentence("-", "numbers", "+46850100100 is gone", True), Sentence("+", "users", "bo is new"))),
    ),
    stops=(Stop(Holding.USERS, "klinik", ("anna", "bo"), 4, 1, Brake(count=25, share=20)),),
    machines=(OnMachine("core", (Doing("klinik: queues.conf", ("queue reload all", "dialplan reload")),)),),
)
EMPTY = Plan(PLAN.binding)


def test_markdown() -> None:
    assert plan_pages.markdown(PLAN) == (
        "### pbx plan lab: 1 to update\n"
        "\n**Apply will stop: more would be taken away than it may**\n\n"
        "- users of klinik: 2 of 4 would go, at most 1 may (20 %): anna, bo\n"
        "\n**Danger: this does not come back by itself**\n\n"
        "- klinik: +46850100100 is gone\n"
        "\n**kiosken**\n\n"
        "- ~ the menu \\*main\\* says \\<b\\>hi\\</b\\> \\| bye\n"
        "\n**klinik**\n\n"
        "- + bo is new\n"
        "\n**On core, in this order**\n\n"
        "1. klinik: queues.conf · queue reload all · dialplan reload\n"
        "\nplan abababababab by pbx 0.1.0, commit c0ffee1234+\n"
    )
    assert plan_pages.markdown(EMPTY).startswith("### pbx plan lab: nothing to do\n\nplan ab")


def test_a_page_that_is_too_long_for_a_comment_is_cut_and_says_so() -> None:
    sentences = tuple(Sentence("+", "users", f"user {number} is new " + "x" * 60) for number in range(2000))
    text = plan_pages.markdown(replace(PLAN, words=(*PLAN.words, Words("big", sentences))))
    assert len(text) <= plan_pages.LIMIT
    shown = text.count("is new x")
    assert f"\n… and {2000 - shown + 1} more lines: see the plan itself.\n" in text
    assert text.index("+46850100100 is gone") < 300


def test_html_is_one_page_and_escapes_what_tenants_wrote() -> None:
    page = plan_pages.html(PLAN)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert "says &lt;b&gt;hi&lt;/b&gt; | bye" in page
    assert page.index("Danger") < page.index("kiosken") < page.index("<ol>")
    assert page.count('<section class="danger">') == 2
    assert "http" not in page
    assert "<section" not in plan_pages.html(EMPTY)


def test_text_ends_with_the_machines_and_the_count() -> None:
    lines = list(plan_text(PLAN))
    assert lines[-3:] == [
        "on core, in this order",
        "  1. klinik: queues.conf · queue reload all · dialplan reload",
        "1 to update; plan abababababab",
    ]
    assert plan_document(PLAN)["machines"] == [
        {
            "machine": "core",
            "doings": ({"what": "klinik: queues.conf", "reloads": ("queue reload all", "dialplan reload")},),
        }
    ]
