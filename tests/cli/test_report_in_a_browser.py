"""Pages of `pbx report` in a real Chromium: axe finds nothing that keeps people out, in each language, light and dark,
wide and narrow; the keyboard gets everywhere; they print; no script runs.

PBX_PICTURES names a folder that gets what was seen.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from provisioner.cli.main import run
from tests.browser.chromium import keep, violations
from tests.browser.devtools import Chromium
from tests.cli.test_report import HOSTILE, record, results

WIDE, NARROW = 1280, 400
TAB = ("Tab", 9)


@pytest.fixture(scope="module")
def pages(life: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a life with everything in it: mistakes, applies, test calls, words that would be markup."""
    home = tmp_path_factory.mktemp("pages")
    folder = Path(shutil.copytree(life, tmp_path_factory.mktemp("busy") / "life"))
    file = folder / "tenants/acme.yaml"
    text = file.read_text(encoding="utf-8").replace("plan: business", "plan: buisness")
    file.write_text(
        text.replace("name: Anna Berg", f"name: '{HOSTILE.replace(chr(39), chr(39) * 2)}'"), encoding="utf-8"
    )
    record(folder, changed=("! bo can no longer be reached", "~ a menu", HOSTILE), reason="Bo has left")
    verified = str(results(folder / "v.xml", "heard nothing"))
    for language in ("en", "sv"):
        words = ["--language", language, "--out", str(home / language), "--year", "2026", "--verified", verified]
        assert run(["report", "--all", *words, "--folder", str(folder)]) == 0
    return home


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as found:
        yield found


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("page", ["index", "tenants/acme"])
def test_everybody_can_use_the_page(browser: Chromium, pages: Path, language: str, page: str) -> None:
    browser.show(pages / language / f"{page}.html")
    for width in (WIDE, NARROW):
        for dark in (False, True):
            browser.look(width, dark=dark)
            assert violations(browser) == [], (width, dark)
            assert browser.evaluate("document.documentElement.scrollWidth") <= width
            shade = "dark" if dark else "light"
            keep(f"{language}-{page.rpartition('/')[2]}-{width}-{shade}.png", browser.picture)


@pytest.mark.parametrize("words", ["graph acme", "diff c1..c12 --calendar --year 2026"])
def test_everybody_can_use_pages_of_other_commands(
    browser: Chromium, life: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert run([*words.split(), "--format", "html", "--folder", str(life)]) in (0, 2)
    (tmp_path / "page.html").write_text(capsys.readouterr().out, encoding="utf-8")
    browser.show(tmp_path / "page.html")
    for width in (WIDE, NARROW):
        browser.look(width)
        assert violations(browser) == [], width


def test_light_and_dark_differ(browser: Chromium, pages: Path) -> None:
    browser.show(pages / "en/index.html")
    seen = []
    for dark in (False, True):
        browser.look(dark=dark)
        seen.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert seen == ["rgb(250, 248, 244)", "rgb(20, 24, 26)"]


def test_no_script_runs_and_nothing_is_fetched(browser: Chromium, pages: Path) -> None:
    browser.show(pages / "en/tenants/acme.html")
    assert browser.evaluate("document.scripts.length + document.images.length") == 0
    assert browser.evaluate("performance.getEntriesByType('resource').length") == 0
    assert HOSTILE in browser.evaluate("document.querySelector('#users').textContent")


def test_the_keyboard_leads_to_a_line_of_the_file(browser: Chromium, pages: Path) -> None:
    browser.show(pages / "en/tenants/acme.html")
    browser.look()
    browser.key(*TAB)
    assert browser.evaluate("document.activeElement.className") == "skip"
    for _ in range(80):
        browser.key(*TAB)
        if browser.evaluate("document.activeElement.closest('.flow svg') !== null"):
            break
    line = browser.evaluate("document.activeElement.href.baseVal")
    assert line.startswith("#f0-L")
    assert browser.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    browser.key("Enter", 13)
    browser.wait(f"location.hash === {json.dumps(line)}")
    shown = "document.querySelector(':target').getBoundingClientRect()"
    browser.wait(f"{shown}.top > 0 && {shown}.bottom < innerHeight")


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_page_prints(browser: Chromium, pages: Path, language: str) -> None:
    browser.show(pages / language / "tenants/acme.html")
    browser.look(dark=True)  # paper stays white
    printed = browser.printed()
    keep(f"{language}-acme.pdf", lambda: printed)
    paper = pypdf.PdfReader(io.BytesIO(printed)).pages
    across = [each for each in paper if each.mediabox.width > each.mediabox.height]
    assert len(across) == 1  # the picture of the calls has a sheet of its own
    assert 4 <= len(paper) <= 12
    text = "".join(each.extract_text() for each in paper)
    assert "Cecilia Dahl" in text
    assert "version: 1" not in text  # the file stays where it is
