"""Records the README's pictures from real runs: `python docs/make_pictures.py [NAME …]`.

Each picture is what a command printed, colors and all, or drew, as SVG; a page is what Chromium shows of it, as PNG.
Nothing is drawn by hand; what fails in another way than expected makes no picture.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.browser.devtools import Chromium

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs/pictures"
WIDTH = 110
LAB = "pictures"


def record(name: str, title: str, command: Sequence[str], folder: Path, codes: Sequence[int] = (0,)) -> None:
    """Runs `pbx` with the arguments and writes `docs/pictures/<name>.svg`."""
    pbx = Path(sys.executable).parent / "pbx"
    environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    done = subprocess.run(
        [str(pbx), *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in codes:
        raise SystemExit(f"error: pbx {' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ pbx {' '.join(command)}", style="bold"))
    console.print(Text.from_ansi(done.stdout.rstrip()))
    PICTURES.mkdir(exist_ok=True)
    # A fixed id, or each run would write other names into the file; no fonts from elsewhere.
    svg = console.export_svg(title=title, unique_id=f"pbx-{name}")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(PICTURES / f"{name}.svg")


def finding() -> None:
    """Two mistakes in the clinic's file."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(ROOT / "examples", Path(home) / "examples"))
        file = folder / "tenants/solglantan.yaml"
        text = file.read_text(encoding="utf-8")
        text = text.replace('"1": ring_group:reception', '"1": ring_group:recption')
        text = text.replace("exhausted: ring_group:reception", "exhausted: ivr:main")
        file.write_text(text, encoding="utf-8")
        record("finding", "pbx validate", ["validate"], folder, (3,))


@contextmanager
def applied() -> Iterator[Path]:
    """The examples, applied to a lab of their own that is gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(ROOT / "examples", Path(home) / "examples"))
        provider = folder / "provider.yaml"
        text = provider.read_text(encoding="utf-8").replace("{target: lab}", f"{{target: lab, lab: {LAB}}}")
        provider.write_text(text, encoding="utf-8")
        pbx = str(Path(sys.executable).parent / "pbx")
        subprocess.run([pbx, "lab", "up", "--name", LAB], check=True)
        try:
            subprocess.run([pbx, "apply", "--yes", "--env", "lab"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            yield folder
        finally:
            subprocess.run([pbx, "lab", "down", "--name", LAB], check=True)


def live() -> None:
    """The plan of three changes, and the steps of one call."""
    with applied() as folder:
        call = ["verify", "-v", "--target", "solglantan", "--only", "ring_group.reception.answered"]
        record("call", "pbx verify", call, folder)
        file = folder / "tenants/solglantan.yaml"
        text = file.read_text(encoding="utf-8")
        text = text.replace("Jag hörde inget val. Försök igen.", "Jag hörde inget. Var god försök igen.")
        text = text.replace("timeout: 120s", "timeout: 90s")
        text = re.sub(r'  "\+46846500401".*\n', "", text)
        file.write_text(text, encoding="utf-8")
        record("plan", "pbx plan", ["plan", "--env", "lab"], folder)


def graph() -> None:
    """Where the clinic's calls go."""
    draw("graph", printed(["graph", "solglantan", "--format", "svg"], ROOT / "examples"))


def year() -> None:
    """The year of a number before and after the last commit of a change of hours, as the page of a diff has it."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(shutil.copytree(ROOT / "examples", Path(home) / "examples"))
        git = ("git", "-C", str(folder), "-c", "user.name=pictures", "-c", "user.email=pictures@example")
        for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "as it was")):
            subprocess.run([*git, *words], check=True)
        file = folder / "tenants/solglantan.yaml"
        text = file.read_text(encoding="utf-8")
        text = text.replace(
            'mon-fri: ["08:00-12:00", "13:00-17:00"]', 'mon-thu: "08:00-17:00"\n      fri: "08:00-15:00"'
        )
        text = text.replace(
            "    switch:", "    vacations: [{date: 2027-07-05..2027-07-30, prompt: closed}]\n    switch:"
        )
        file.write_text(text, encoding="utf-8")
        page = printed(["diff", "--calendar", "--year", "2027", "--format", "html"], folder, 2)
        draw("year", page[page.index("<svg") : page.index("</svg>")] + "</svg>\n")


def report() -> None:
    """The top of the clinic's page."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(
            shutil.copytree(ROOT / "examples", Path(home) / "examples", ignore=shutil.ignore_patterns(".pbx"))
        )
        git = ("git", "-C", str(folder), "-c", "user.name=Anna Berg", "-c", "user.email=anna@nordtel.example")
        when = {f"GIT_{each}_DATE": "2027-01-04T10:00:00+01:00" for each in ("AUTHOR", "COMMITTER")}
        for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "Three customers")):
            subprocess.run([*git, *words], check=True, env={**os.environ, **when})
        page = Path(home) / "solglantan.html"
        printed(["report", "solglantan", "--language", "en", "--year", "2027", "--out", str(page)], folder)
        with Chromium() as browser:
            browser.show(page)
            browser.look(1180, 1500)
            (PICTURES / "report.png").write_bytes(browser.picture(1500))
        print(PICTURES / "report.png")


def printed(command: Sequence[str], folder: Path, code: int = 0) -> str:
    """What `pbx` prints; raises SystemExit where it ends otherwise."""
    pbx = Path(sys.executable).parent / "pbx"
    done = subprocess.run([str(pbx), *command], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise SystemExit(f"error: pbx {' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def draw(name: str, svg: str) -> None:
    (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(PICTURES / f"{name}.svg")


PICTURE: dict[str, Callable[[], None]] = {
    "finding": finding,
    "graph": graph,
    "year": year,
    "report": report,
    "live": live,
}


def main(names: Sequence[str]) -> int:
    for name in names or PICTURE:
        PICTURE[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
