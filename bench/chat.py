"""What a tenant more costs the chat server while it runs, and how much memory it has with few and with many tenants.

The real ejabberd of the lab's image, with our settings, in namespaces of its own: no lab has to be up. Tenants come by
the module that an apply runs on the machine, `chat_host`, which is given what the writer of the target makes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioner.adapters.lab import image
from provisioner.targets.chat import bundle, server
from provisioner.targets.chat.objects import Account, Affiliation, Group, Host, Room

from .figures import Figure

ROLES = Path(__file__).parents[1] / "roles"
RUNNING = (1, 100, 500, 1000)
ADDED_TO = (100, 500)
"""To how many a tenant more is added."""
USERS = 5
SCRIPT = """
set -e
mount -t overlay overlay -o lowerdir="$1",upperdir="$2/upper",workdir="$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --bind /dev/null "$2/root/dev/null"
mount --bind /dev/urandom "$2/root/dev/urandom"
exec chroot "$2/root" sh -c 'ip link set lo up && exec python3 /bench/chat_server.py "$1"' sh "$3"
"""


def chat() -> Iterator[Figure]:
    """Starts the server once for each number of tenants; those are hosts without users, beside one that has them."""
    root = image.path_of(image.read_recipe())
    if os.geteuid() != 0 or not (root / "usr/sbin/ejabberdctl").is_file():
        print("skipped: root and the lab's image are needed (`pbx lab up` once)", file=sys.stderr)
        return
    for tenants in RUNNING:
        told = _measured(root, tenants)
        name = f"chat of {tenants} tenants" if tenants > 1 else "chat of one tenant"
        yield Figure(f"{name}, memory", told["memory"], "MB", "ejabberd")
        if tenants in ADDED_TO:
            yield Figure(f"{name}, one of {USERS} users more", told["added"], "s", "chat_host")
            yield Figure(f"{name}, the same again", told["again"], "s", "chat_host")


def _measured(root: Path, tenants: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="pbx-bench-") as home:
        folder = Path(home)
        for each in ("upper", "work", "root"):
            (folder / each).mkdir()
        _lay(folder / "upper", tenants)
        alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", SCRIPT, "sh"]
        done = subprocess.run(
            [*alone, str(root), str(folder), str(int(tenants in ADDED_TO))], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the chat server of {tenants} tenants: {done.stderr[-2000:]}")
        told: dict[str, float] = json.loads(done.stdout)
        return told


def _lay(upper: Path, tenants: int) -> None:
    settings, ours = upper / "etc/pbx-chat", upper / "bench/ansible/module_utils"
    for each in (settings / "tenants", ours, upper / "usr/local/lib/pbx"):
        each.mkdir(parents=True)
    for file in server.render(server.Settings("127.0.0.1")).files:
        (settings / file.path).write_text(file.text, encoding="utf-8")
    for name in ("ejabberdctl.cfg", "mod_pbx_files.erl", "mod_pbx_phones.erl", "pbx-chat-riddle"):
        target = settings if name.endswith(".cfg") else upper / "usr/local/lib/pbx"
        shutil.copy(ROLES / "ejabberd/files" / name, target)
    shutil.copy(ROLES / "chat_tenant/library/chat_host.py", upper / "bench")
    shutil.copy(ROLES / "chat_common/module_utils/pbx_chat.py", ours)
    shutil.copy(Path(__file__).with_name("chat_server.py"), upper / "bench")
    (ours / "basic.py").write_text("AnsibleModule = None\n", encoding="utf-8")
    paths = []
    for number in range(tenants):
        host, _ = _tenant(f"company-{number}", 0)
        paths.append(f"/etc/pbx-chat/tenants/company-{number}.yml")
        (upper / paths[-1][1:]).write_text(host, encoding="utf-8")
    (settings / "hosts.yml").write_text(f"include_config_file: {json.dumps(paths)}\n", encoding="utf-8")
    host, wanted = _tenant("fresh", USERS)
    (upper / "bench/fresh.json").write_text(json.dumps({"host": host, "wanted": wanted}), encoding="utf-8")


def _tenant(slug: str, users: int) -> tuple[str, dict[str, Any]]:
    """A tenant's host for the daemon, and what shall be in there."""
    names = [f"user{number}" for number in range(users)]
    made = bundle.render(
        slug,
        [
            Host(f"{slug}.example", 30, slug, "sv"),
            *(Account(each, each.title(), f"chat/{slug}/account-{each}") for each in names),
            Group("all", slug, tuple(names), ("all",)),
            Room("everybody", "Alla", tuple((each, Affiliation.MEMBER) for each in names)),
        ],
    )
    files = {each.path: each.text for each in made.files}
    return files[bundle.HOST], json.loads(files[bundle.WANTED])
