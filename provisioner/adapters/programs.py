"""What machines are given that no package has: LiveKit's server, and the pages by which people meet and chat.

Each is made once for each recipe and kept in the user's cache folder: the server from its Go module, a page from its
folder (`join`, `chat-page`) with what its lock file names of npm.
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
VIDEO = "livekit"
"""The role that carries video rooms."""
JOIN = "join"
PAGES = {VIDEO: JOIN, "ejabberd": "chat-page"}
"""A role that brings a page along → the folder of its sources."""
_BUNDLED = ("--bundle", "--format=esm", "--minify", "--target=es2022", "--outfile=join.js")
_CONVERSE = (
    "converse.min.*s", "emoji.json", "libomemo.esm.min.js", "*.wasm", "webfonts/*",
    "images/logo/conversejs-filled.svg", "sounds/msg_received.*",
    "chunkjs/locales/sv-*.js", "chunkjs/locales/dayjs/sv-*.js",
)  # fmt: skip
"""What is served of Converse.js; Swedish and English are the languages of tenants."""
_NPM_SECONDS = 300


def livekit(say: Say) -> Path:
    """The folder that holds `livekit-server`."""
    home = LIVEKIT.home(LIVEKIT.version_of(_MODULE))

    def fill(fresh: Path) -> None:
        go_tools.build(LIVEKIT, f"{_MODULE}/cmd/server", fresh / "bin" / "livekit-server", "", say)

    go_tools.got(home, LIVEKIT, ["livekit-server"], fill, say)
    return home / "bin"


def page(name: str, say: Say) -> Path:
    """The folder of a page's `index.html` and what it loads."""
    home = cache.folder(name) / _page_digest(name)
    cache.made(home, home.is_dir, lambda fresh: _pack(name, fresh), _called(name), say)
    return home


def digest(role: str) -> str:
    """Names what a role brings along beside its own files; empty for most."""
    built = [LIVEKIT.digest] if role == VIDEO else []
    return " ".join((*built, _page_digest(PAGES[role]))) if role in PAGES else ""


def variables(roles: tuple[str, ...], say: Say) -> dict[str, str]:
    """Where that lies on this machine, by the variables that the roles read; makes it where it is not there yet."""
    built = {"pbx_livekit": str(livekit(say))} if VIDEO in roles else {}
    return built | {
        f"pbx_{name.replace('-', '_')}": str(page(name, say)) for role, name in PAGES.items() if role in roles
    }


def _sources(name: str) -> list[Path]:
    base = assets.folder(name)
    made = base / "node_modules"  # of somebody who works on the page
    return sorted(each for each in base.rglob("*") if each.is_file() and made not in each.parents)


def _called(name: str) -> str:
    return f"the {name.removesuffix('-page')} page"


def _page_digest(name: str) -> str:
    base, total = assets.folder(name), hashlib.sha256()
    for each in _sources(name):
        total.update(f"{each.relative_to(base)}\0{hashlib.sha256(each.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:12]


def _pack(name: str, fresh: Path) -> None:
    base, work = assets.folder(name), fresh / "work"
    for each in _sources(name):
        target = work / each.relative_to(base)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(each, target)
    _npm(name, ["npm", "ci", "--silent"], work)
    (_pack_join if name == JOIN else _pack_chat)(work, fresh)
    shutil.rmtree(work)


def _pack_join(work: Path, fresh: Path) -> None:
    _npm(JOIN, ["node_modules/.bin/tsc"], work)
    _npm(JOIN, ["node_modules/.bin/esbuild", "src/join.ts", *_BUNDLED], work)
    for each in ("index.html", "join.css", "join.js"):
        (work / each).replace(fresh / each)


def _pack_chat(work: Path, fresh: Path) -> None:
    """Converse.js as its makers built it, without the sources of what is packed and languages that nobody is shown."""
    for each in ("index.html", "start.js"):
        (work / each).replace(fresh / each)
    made = work / "node_modules/converse.js"
    for each in _CONVERSE:
        for found in sorted((made / "dist").glob(each)):
            target = fresh / found.relative_to(made / "dist")
            target.parent.mkdir(parents=True, exist_ok=True)
            found.replace(target)
    (made / "LICENSE").replace(fresh / "LICENSE.converse.txt")


def _npm(name: str, command: list[str], folder: Path) -> None:
    remedy = "install npm and let it reach its registry, then run the command again"
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_NPM_SECONDS)
    except FileNotFoundError:
        raise PbxError(f"{_called(name)} has to be packed, and there is no `{command[0]}` on PATH", remedy) from None
    except subprocess.TimeoutExpired:
        raise PbxError(f"{command[0]} did not end within {_NPM_SECONDS} s", remedy) from None
    if done.returncode:
        words = " | ".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise PbxError(f"{_called(name)} cannot be packed: {Path(command[0]).name} said: {words}", remedy)
