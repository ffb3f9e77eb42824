"""Tenants' bundles on a core node: laid down, changed, refused, taken away, and cut off at every step."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import clinic
import pytest

from provisioner.core.artifacts import Speech, recipe_digest
from provisioner.core.deployment import PlayFailed
from provisioner.targets.asterisk import naming, render
from provisioner.targets.asterisk.objects import AsteriskObject, Queue, Route, Sound, Step

from .conftest import Core, content, write_bundle

pytestmark = pytest.mark.lab

ROLES = Path(__file__).parents[3] / "roles" / "asterisk_common"


def objects(slug: str = "test", text: str = "Welcome", maxlen: int = 10) -> list[AsteriskObject]:
    speech = Speech(text, "en")
    playback = Step("Playback", naming.sound(recipe_digest(speech)))
    return [
        Route(f"{slug}.hello", "s", (Step("Answer"), playback, Step("Hangup"))),
        Sound(speech),
        Queue(f"{slug}.help", (("strategy", "ringall"), ("maxlen", str(maxlen)))),
    ]


def test_laid_down_once(core: Core) -> None:
    core.take_away("klinik")
    assert core.lay_down("klinik", clinic.objects()) == 1
    assert core.lay_down("klinik", clinic.objects()) == 0
    assert core.running()["klinik"] == content(render("klinik", clinic.objects()))
    assert "klinik.nurse has 0 calls" in core.ask("queue show klinik.nurse")
    assert "info" in core.ask("voicemail show users for klinik")
    assert "klinik.nurse" in core.ask("moh show classes")


def test_tenants_do_not_meet(core: Core) -> None:
    core.lay_down("a-b", objects("a-b"))
    core.lay_down("ab", objects("ab", maxlen=3))
    running = core.running()
    assert running["a-b"] == content(render("a-b", objects("a-b")))
    assert running["ab"] == content(render("ab", objects("ab", maxlen=3)))
    assert core.take_away("a-b") == 1
    assert "ab" in core.running()
    assert core.take_away("ab") == 1


def test_changed_prompt(core: Core) -> None:
    core.lay_down("test", objects())
    sounds = core.sh("ls -i /var/lib/asterisk/sounds/pbx/*/*.wav")
    assert core.lay_down("test", objects(text="Good day")) == 1
    fresh = set(core.sh("ls -i /var/lib/asterisk/sounds/pbx/*/*.wav").splitlines()) - set(sounds.splitlines())
    assert len(fresh) <= 1
    assert recipe_digest(Speech("Good day", "en")) in core.ask("dialplan show test.hello")


def test_lost_sound_is_brought_back(core: Core) -> None:
    core.lay_down("test", objects())
    digest = recipe_digest(Speech("Welcome", "en"))
    core.sh(f"rm /var/lib/asterisk/sounds/pbx/{digest[:2]}/{digest}.wav")
    assert core.lay_down("test", objects()) == 1
    assert core.sh(f"stat -c '%U %a' /var/lib/asterisk/sounds/pbx/{digest[:2]}/{digest}.wav") == "root 644\n"


@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        (
            "extensions.conf",
            "[test.x]\nexten => 1,1,NoOp(x\n",
            r"No closing parenthesis.* at line 2 of test/extensions",
        ),
        ("extensions.conf", "[test.x]\ninclude => test.nothing\n", "nonexistent context 'test.nothing'"),
        ("extensions.conf", "[test.x\n", r"line 1 of .*test/extensions\.conf"),
        ("musiconhold.conf", "[test.x]\nmode = nonsense\n", "A directory must be specified for class 'test.x'"),
        ("queues.conf", "[test.x]\nstrategy = nonsense\n", "nonsense"),
    ],
)
def test_refused_and_the_old_one_stays(core: Core, name: str, broken: str, said: str) -> None:
    core.lay_down("test", objects())
    before = core.running()
    with pytest.raises(PlayFailed, match=f"asterisk refuses the files, nothing was changed: .*{said}"):
        core.lay_down("test", objects(text="never heard"), patch={name: broken})
    assert core.running() == before
    assert core.live()["test"] == before["test"]
    assert core.lay_down("test", objects()) == 0


def test_file_changed_by_hand_is_mended(core: Core) -> None:
    core.lay_down("test", objects())
    core.sh("echo 'maxlen = 99' >> /etc/asterisk/pbx/tenants/test/queues.conf && asterisk -rx 'queue reload all'")
    assert "max 99" in core.ask("queue show test.help")
    assert core.lay_down("test", objects()) == 1
    assert "max 10" in core.ask("queue show test.help")
    assert core.lay_down("test", objects()) == 0


def test_log_in_by_phone_survives(core: Core) -> None:
    core.lay_down("test", objects())
    core.ask("queue add member Local/anna@test.ring/n to test.help penalty 0 as anna")
    assert core.lay_down("test", objects(maxlen=20)) == 1
    shown = core.ask("queue show test.help")
    assert "max 20" in shown
    assert "Local/anna@test.ring/n" in shown
    core.ask("queue remove member Local/anna@test.ring/n from test.help")


def test_taken_away(core: Core) -> None:
    core.lay_down("test", objects())
    assert core.take_away("test") == 1
    assert core.take_away("test") == 0
    assert "test" not in core.running()
    assert "test" not in core.live()
    assert "test.help" not in core.ask("queue show")
    assert core.sh("ls /etc/asterisk/pbx/store | grep '^test\\.' || true") == ""


def test_sounds_are_forgotten_when_nobody_has_used_them_for_long(core: Core) -> None:
    def path(text: str) -> str:
        digest = recipe_digest(Speech(text, "en"))
        return f"/var/lib/asterisk/sounds/pbx/{digest[:2]}/{digest}.wav"

    core.lay_down("test", objects(text="Old"))
    core.lay_down("test", objects(text="New"))
    assert core.sh(f"ls {path('Old')} {path('New')} | wc -l") == "2\n", "a call may still be playing it"
    # Eight days later.
    core.sh("sed -i -E 's/: [0-9]{10}/: 1000000000/g' /var/lib/asterisk/pbx-unused-sounds.json")
    core.lay_down("test", objects(text="New", maxlen=4))
    assert core.sh(f"ls {path('Old')} {path('New')} 2>/dev/null | wc -l") == "1\n"
    assert core.sh(f"ls {path('New')}") == f"{path('New')}\n"


def test_only_what_belongs_to_the_tenant_is_taken_from_an_archive(core: Core) -> None:
    core.take_away("test")
    cut = Cut(core)
    cut.send(objects(), extra="tenants/test/../../pjsip.conf")
    done = core.lab.run("core", ["python3", f"{Cut.HOME}/harness.py", "0"])
    assert done.returncode == 1
    assert "which no tenant of this run asked for" in done.stdout
    assert "test" not in core.live()
    core.sh(f"rm -r {Cut.HOME}")


def test_a_rehearsal_tells_and_changes_nothing(core: Core) -> None:
    core.lay_down("test", objects())
    before = core.running()
    ansible = [str(Path(sys.executable).with_name("ansible-playbook")), "--check", "-i", str(core.lab.inventory)]
    home = core.folder / "rehearsal"
    write_bundle(render("test", objects(maxlen=55)), home)
    tenant = {"slug": "test", "digest": "other", "bundle": str(home)}
    given = json.dumps({"pbx_node": "core", "pbx_tenants": [tenant]})
    playbooks = Path(__file__).parents[3] / "playbooks"
    done = subprocess.run(
        [*ansible, "-e", given, str(playbooks / "tenant_core.yml")],
        capture_output=True, text=True, check=True, env={**os.environ, "ANSIBLE_ROLES_PATH": str(ROLES.parent)},
    )  # fmt: skip
    assert "changed=1" in done.stdout
    assert core.running() == before


def test_many_tenants_with_one_reload(core: Core, tmp_path: Path) -> None:
    bundles = {slug: render(slug, objects(slug)) for slug in (f"many-{number}" for number in range(40))}
    tenants = [
        {"slug": slug, "digest": each.digest, "bundle": str(write_bundle(each, tmp_path / slug))}
        for slug, each in bundles.items()
    ]
    sounds = [Speech("Welcome", "en")]
    assert core.tenants(tenants, sounds) == 1
    assert core.tenants(tenants, sounds) == 0
    running = core.running()
    assert all(running[slug] == content(each) for slug, each in bundles.items())
    assert core.tenants([{"slug": slug} for slug in bundles], pbx_state="absent") == 1
    assert not set(bundles) & set(core.running())


def test_value_of_a_secret_goes_over_and_shows_nowhere(core: Core, tmp_path: Path) -> None:
    bundle = render("klinik", clinic.objects())
    home = write_bundle(bundle, tmp_path / "bundle")
    (tmp_path / "overlay/klinik").mkdir(mode=0o700, parents=True)
    text = (home / "files/voicemail.conf").read_text().replace("{{secret:klinik/voicemail/info}}", "734519")
    (tmp_path / "overlay/klinik/voicemail.conf").write_text(text)
    tenants = [{"slug": "klinik", "digest": bundle.digest, "bundle": str(home)}]
    core.tenants(tenants, bundle.sounds, pbx_overlay=str(tmp_path / "overlay"))
    assert "734519" in core.sh("cat /etc/asterisk/pbx/tenants/klinik/voicemail.conf")
    assert core.sh("stat -L -c '%U:%G %a' /etc/asterisk/pbx/tenants/klinik/voicemail.conf") == "root:asterisk 640\n"
    assert core.sh("grep -rl 734519 /root/.ansible /tmp /var/log /run 2>/dev/null || true") == ""


HARNESS = """
import base64, io, json, os, sys, tarfile, types
home = os.path.dirname(os.path.abspath(__file__))
basic = types.ModuleType("ansible.module_utils.basic")
class AnsibleModule:
    check_mode = False
    def __init__(self, argument_spec, supports_check_mode):
        given = json.load(open(home + "/args.json"))
        self.params = {name: given.get(name, spec.get("default")) for name, spec in argument_spec.items()}
    def exit_json(self, **result): print(json.dumps(result)); sys.exit(0)
    def fail_json(self, **result): print(json.dumps(result)); sys.exit(1)
basic.AnsibleModule = AnsibleModule
for name in ("ansible", "ansible.module_utils"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [home]
sys.modules["ansible.module_utils.basic"] = basic
sys.path.insert(0, home)
import pbx_core_bundle
steps, last = 0, int(sys.argv[1])
WATCHED = {"os.rename", "os.remove", "os.symlink", "os.mkdir", "os.chmod", "os.rmdir", "subprocess.Popen",
    "sqlite3.connect"}
def watch(event, args):
    global steps
    if event in WATCHED and "pbx-check" not in str(args):
        steps += 1
        if steps == last:
            os.kill(os.getpid(), 9)
sys.addaudithook(watch)
try:
    pbx_core_bundle.main()
finally:
    print("steps", steps, file=sys.stderr)
"""


class Cut:
    """The node's own module, run there without Ansible and killed at a chosen step that leaves a mark on the disk."""

    HOME = "/root/pbx-cut-off"

    def __init__(self, core: Core) -> None:
        self.core = core

    def send(self, wanted: list[AsteriskObject], extra: str = "") -> None:
        bundle = render("test", wanted)
        inner = io.BytesIO()
        with tarfile.open(fileobj=inner, mode="w:gz") as archive:
            for file in bundle.files:
                add(archive, f"tenants/test/{file.path}", file.text.encode())
            if extra:
                add(archive, extra, b"")
            for each in bundle.sounds:
                add(archive, f"sounds/{recipe_digest(each)}.wav", self.core.sound(each).read_bytes())
        sounds = [recipe_digest(each) for each in bundle.sounds]
        facts = {"slug": "test", "digest": bundle.digest, "content": content(bundle), "sounds": sounds}
        args = {"tenants": [facts], "archive": base64.b64encode(inner.getvalue()).decode()}
        outer = io.BytesIO()
        with tarfile.open(fileobj=outer, mode="w:gz") as archive:
            add(archive, "args.json", json.dumps(args).encode())
            add(archive, "harness.py", HARNESS.encode())
            for part in (ROLES / "library" / "pbx_core_bundle.py", *sorted(ROLES.glob("module_utils/*.py"))):
                add(archive, part.name, part.read_bytes())
        packed = base64.b64encode(outer.getvalue()).decode()
        self.core.sh(f"mkdir -p {self.HOME} && echo {packed} | base64 -d | tar -xz -C {self.HOME}")

    def run(self, last: int) -> tuple[bool, int]:
        """Whether it was killed, and how many steps there were."""
        done = self.core.lab.run("core", ["python3", f"{self.HOME}/harness.py", str(last)])
        if done.returncode in (-9, 137, 255) or "steps" not in done.stderr:
            return True, last
        assert done.returncode == 0, done.stdout + done.stderr
        return False, int(done.stderr.split()[-1])


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def test_killed_at_any_step_it_heals(core: Core) -> None:
    old, new = objects(), objects(text="After", maxlen=7)
    core.take_away("test")
    cut = Cut(core)
    cut.send(old)
    killed, steps = cut.run(0)
    assert not killed
    assert steps > 15
    wanted = {"old": content(render("test", old)), "new": content(render("test", new))}
    for turn, last in enumerate(range(1, steps + 1, 4)):
        target = new if turn % 2 == 0 else old
        cut.send(target)
        killed, _ = cut.run(last)
        # Half done or not: what runs is one of the two, whole.
        assert core.running().get("test") in wanted.values(), f"killed at step {last}"
        killed_again, _ = cut.run(0)
        assert not killed_again
        assert core.running()["test"] == core.live()["test"] == content(render("test", target)), f"after step {last}"
    core.sh(f"rm -r {Cut.HOME}")
    assert core.lay_down("test", target) == 0
