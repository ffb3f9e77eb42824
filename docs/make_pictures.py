"""Records the README's pictures from real runs: `python docs/make_pictures.py [NAME …]`.

Each picture is what a command printed, colors and all, as SVG. Nothing is drawn by hand; a command that fails in
another way than expected makes no picture.
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


PICTURE: dict[str, Callable[[], None]] = {"finding": finding, "live": live}


def main(names: Sequence[str]) -> int:
    for name in names or PICTURE:
        PICTURE[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
