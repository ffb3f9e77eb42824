"""What machines are given that no package has: LiveKit's server, and the page by which people join a video room.

Both are made once for each recipe and kept in the user's cache folder: the server from its Go module, the page from
the folder `join` with what its lock file names of npm.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from provisioner.adapters import assets, cache, go_tools
from provisioner.adapters.go_tools import Recipe, Say
from provisioner.core.errors import PbxError

LIVEKIT = Recipe("livekit", "LiveKit's server")
_MODULE = "github.com/livekit/livekit-server"
_PACK = ("--bundle", "--format=esm", "--minify", "--target=es2022", "--outfile=join.js")
_NPM_SECONDS = 300


def livekit(say: Say) -> Path:
    """The folder that holds `livekit-server`."""
    home = LIVEKIT.home(LIVEKIT.version_of(_MODULE))

    def fill(fresh: Path) -> None:
        go_tools.build(LIVEKIT, f"{_MODULE}/cmd/server", fresh / "bin" / "livekit-server", "", say)

    go_tools.got(home, LIVEKIT, ["livekit-server"], fill, say)
    return home / "bin"


def join_page(say: Say) -> Path:
    """The folder of `index.html` and what it loads."""
    home = cache.folder("join") / _page_digest()
    cache.made(home, home.is_dir, _pack, "the join page", say)
    return home


def digest(role: str) -> str:
    """Names what a role brings along beside its own files; empty for most."""
    return f"{LIVEKIT.digest} {_page_digest()}" if role == "livekit" else ""


def variables(roles: tuple[str, ...], say: Say) -> dict[str, str]:
    """Where that lies on this machine, by the variables that the roles read; makes it where it is not there yet."""
    return {"pbx_livekit": str(livekit(say)), "pbx_join": str(join_page(say))} if "livekit" in roles else {}


def _sources() -> list[Path]:
    base = assets.folder("join")
    made = base / "node_modules"  # of somebody who works on the page
    return sorted(each for each in base.rglob("*") if each.is_file() and made not in each.parents)


def _page_digest() -> str:
    base, total = assets.folder("join"), hashlib.sha256()
    for each in _sources():
        total.update(f"{each.relative_to(base)}\0{hashlib.sha256(each.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:12]


def _pack(fresh: Path) -> None:
    base, work = assets.folder("join"), fresh / "work"
    for each in _sources():
        target = work / each.relative_to(base)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(each, target)
    _npm(["npm", "ci", "--silent"], work)
    _npm(["node_modules/.bin/tsc"], work)
    _npm(["node_modules/.bin/esbuild", "src/join.ts", *_PACK], work)
    for name in ("index.html", "join.css", "join.js"):
        (work / name).replace(fresh / name)
    shutil.rmtree(work)


def _npm(command: list[str], folder: Path) -> None:
    remedy = "install npm and let it reach its registry, then run the command again"
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_NPM_SECONDS)
    except FileNotFoundError:
        raise PbxError(f"the join page has to be packed, and there is no `{command[0]}` on PATH", remedy) from None
    except subprocess.TimeoutExpired:
        raise PbxError(f"{command[0]} did not end within {_NPM_SECONDS} s", remedy) from None
    if done.returncode:
        words = " | ".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise PbxError(f"the join page cannot be packed: {Path(command[0]).name} said: {words}", remedy)
