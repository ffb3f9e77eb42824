"""The parts of the engine's adapter that need no engine: state, locks, plays, and the provider behind fakes."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from pulumi.provider.experimental import provider as protocol
from pulumi.provider.experimental.property_value import PropertyValue

from provisioner.adapters import go_tools
from provisioner.adapters.bundles import BundleStore
from provisioner.adapters.pulumi import cli, locks
from provisioner.adapters.pulumi.carry import Means, carry_out
from provisioner.adapters.pulumi.provider import PbxProvider
from provisioner.adapters.pulumi.record import last_words
from provisioner.adapters.pulumi.state import LocalState, engine_url, local_folder
from provisioner.core.artifacts import Bundle, Line, TextFile
from provisioner.core.deployment import Event, HostResult, Kind, Play, PlayFailed, Progress, Resource, Stack
from provisioner.core.errors import LockHeld, PbxError

CORE = {"slug": "klinik", "node": "core", "digest": "d1"}
NAME = "lab.tenant.klinik"


class FakeSecrets:
    def get(self, handle: str) -> str:
        return f"value of {handle}"

    def set(self, handle: str, value: str) -> None:
        raise NotImplementedError

    def ensure(self, wanted: Mapping[str, Callable[[], str]]) -> tuple[str, ...]:
        raise NotImplementedError

    def digest(self, handles: Iterable[str]) -> str:
        return "-".join(handles)


class FakePlaybooks:
    def __init__(self, error: PbxError | None = None) -> None:
        self.plays: list[Play] = []
        self.error = error

    def run(
        self, play: Play, progress: Progress, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HostResult, ...]:
        assert not cancelled()
        self.plays.append(play)
        progress(Event("a task", host="core"))
        if self.error:
            raise self.error
        return (HostResult("core", 3, 1),)


def means(folder: Path, playbooks: FakePlaybooks | None = None) -> Means:
    resolvers = {("kamailio", "rows.json"): lambda text, get: text.replace("@anna@", get("anna"))}
    return Means(BundleStore(folder), FakeSecrets(), playbooks or FakePlaybooks(), resolvers)


def state_file(folder: Path, resources: list[dict[str, object]], **latest: object) -> LocalState:
    file = folder / ".pulumi" / "stacks" / "pbx" / f"{NAME}.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources, **latest}}}), encoding="utf-8")
    return LocalState(folder)


def entry(**more: object) -> dict[str, object]:
    return {"type": "pbx:index:CoreBundle", "urn": f"urn:pulumi:{NAME}::pbx::x::core", "inputs": CORE, **more}


WANTED = Stack(NAME, (Resource(Kind.CORE_BUNDLE, "core", CORE),))


@pytest.mark.parametrize(
    ("resources", "latest", "same"),
    [
        ([entry()], {}, True),
        ([], {}, False),
        ([entry(inputs={**CORE, "digest": "d2"})], {}, False),
        ([entry(), entry(urn="urn::other")], {}, False),
        ([entry(), entry(delete=True)], {}, False),
        ([entry()], {"pending_operations": [{"type": "updating"}]}, False),
        ([{"type": "pulumi:pulumi:Stack", "urn": "x"}, entry()], {}, True),
    ],
)
def test_state_tells_what_is_as_wanted(
    tmp_path: Path, resources: list[dict[str, object]], latest: dict[str, object], same: bool
) -> None:
    snapshot = state_file(tmp_path, resources, **latest).read(NAME)
    assert snapshot is not None
    assert snapshot.is_as(WANTED) is same


def test_no_state_and_broken_state_are_unknown(tmp_path: Path) -> None:
    state = state_file(tmp_path, [])
    assert state.read("lab.tenant.other") is None
    (tmp_path / ".pulumi" / "stacks" / "pbx" / f"{NAME}.json").write_text("{", encoding="utf-8")
    assert state.read(NAME) is None
    assert local_folder("s3://bucket") is None
    assert local_folder("file:///a%20b/c") == Path("/a b/c")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("file:///a%20b/c", "file:///a%20b/c?metadata=skip"),
        ("file:///a?no_tmp_dir=false", "file:///a?metadata=skip&no_tmp_dir=false"),
        ("file:///a?metadata=", "file:///a?metadata=skip"),
        ("s3://bucket?region=eu", "s3://bucket?region=eu"),
    ],
)
def test_the_engine_keeps_no_sidecars_in_a_folder(url: str, told: str) -> None:
    assert engine_url(url) == told
    assert local_folder(url) == local_folder(told)


def lay_lock(folder: Path, pid: int, host: str) -> Path:
    file = folder / ".pulumi" / "locks" / "organization" / "pbx" / NAME / "x.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"pid": pid, "username": "eva", "hostname": host, "timestamp": "2026-01-01T00:00:00Z"}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def gone() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_lock_of_a_dead_engine_is_released(tmp_path: Path) -> None:
    said: list[Event] = []
    lock = lay_lock(tmp_path, gone(), socket.gethostname())
    assert locks.release_dead(LocalState(tmp_path), NAME, said.append)
    assert not lock.exists()
    assert "released the lock of a dead run (eva@" in said[0].text


def test_lock_of_a_number_that_is_another_program_now_is_dead(tmp_path: Path) -> None:
    lock = lay_lock(tmp_path, os.getpid(), socket.gethostname())
    assert locks.release_dead(LocalState(tmp_path), NAME, lambda _: None)
    assert not lock.exists()


def test_lock_of_another_machine_is_held(tmp_path: Path) -> None:
    pid = gone()
    lock = lay_lock(tmp_path, pid, "elsewhere")
    with pytest.raises(LockHeld, match="eva@elsewhere") as raised:
        locks.release_dead(LocalState(tmp_path), NAME, lambda _: None)
    assert raised.value.exit_code == 6
    assert lock.exists()
    assert "`pbx lock break lab.tenant.klinik`" in raised.value.remedy
    assert locks.broken(LocalState(tmp_path), NAME) == (f"eva@elsewhere, process {pid}, since 2026-01-01T00:00:00Z",)
    assert not lock.exists()


def test_outer_lock_names_its_owner_and_ends_with_it(tmp_path: Path) -> None:
    with (
        locks.ours(tmp_path, NAME),
        pytest.raises(LockHeld, match=f"process {os.getpid()}"),
        locks.ours(tmp_path, NAME),
    ):
        pass
    with locks.ours(tmp_path, NAME):
        pass
    with (tmp_path / f"{NAME}.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_core_play_names_the_bundle_on_this_machine(tmp_path: Path) -> None:
    bundle = Bundle("klinik", "asterisk", (TextFile("extensions.conf", (Line("x"),)),))
    its = means(tmp_path)
    home = its.bundles.put(bundle)
    inputs = {**CORE, "digest": bundle.digest}
    play = carry_out(Kind.CORE_BUNDLE, inputs, its, present=True)
    assert play is not None
    assert play.playbook == "tenant_core.yml"
    assert play.variables["pbx_tenants"] == [{"slug": "klinik", "digest": bundle.digest, "bundle": str(home)}]
    assert play.variables["pbx_state"] == "present"
    absent = carry_out(Kind.CORE_BUNDLE, inputs, its, present=False)
    assert absent is not None
    assert (absent.variables["pbx_tenants"], absent.variables["pbx_state"]) == ([{"slug": "klinik"}], "absent")


def test_edge_play_carries_resolved_rows_as_a_secret_file(tmp_path: Path) -> None:
    rows = Bundle("klinik", "kamailio", (TextFile("rows.json", (Line("@anna@"),)),))
    its = means(tmp_path)
    its.bundles.put(rows)
    play = carry_out(Kind.EDGE_ROWS, {"slug": "klinik", "core": "core", "digest": rows.digest}, its, present=True)
    assert play is not None
    texts = {name: json.loads(text) for name, text in play.secret_files.items()}
    assert texts == {
        "pbx_rows": {"klinik": "value of anna\n"}, "pbx_devices": {"klinik": {}}, "pbx_book": {"klinik": ""},
    }  # fmt: skip
    assert "value of anna" not in json.dumps(play.variables)


def provider(folder: Path, playbooks: FakePlaybooks) -> PbxProvider:
    return PbxProvider(lambda _: means(folder, playbooks), lambda _: None)


def values(**inputs: object) -> dict[str, PropertyValue]:
    return {name: PropertyValue(value) for name, value in inputs.items()}  # type: ignore[arg-type]


URN = f"urn:pulumi:{NAME}::pbx::pbx:stacks:Tenant$pbx:index:CoreBundle::core"


def test_check_names_what_is_missing(tmp_path: Path) -> None:
    request = protocol.CheckRequest(URN, {}, values(slug="klinik", node=1.0), b"")
    answer = asyncio.run(provider(tmp_path, FakePlaybooks()).check(request))
    assert [(each.property, each.reason) for each in answer.failures or ()] == [
        ("node", "found int, expected str"),
        ("digest", "found NoneType, expected str"),
    ]


def test_diff_tells_update_from_replace(tmp_path: Path) -> None:
    old = {**values(**CORE), "hosts": PropertyValue({})}
    ours = provider(tmp_path, FakePlaybooks())

    def difference(**inputs: object) -> protocol.DiffResponse:
        return asyncio.run(ours.diff(protocol.DiffRequest(URN, "core", old, values(**{**CORE, **inputs}), [])))

    assert difference().changes is False
    assert (difference(digest="d2").diffs, difference(digest="d2").replaces) == (["digest"], [])
    assert difference(node="core2").replaces == ["node"]


def test_preview_touches_no_host(tmp_path: Path) -> None:
    playbooks = FakePlaybooks()
    ours = provider(tmp_path, playbooks)
    asyncio.run(ours.create(protocol.CreateRequest(URN, values(**CORE), 0, True)))
    asyncio.run(ours.update(protocol.UpdateRequest(URN, "core", values(**CORE), values(**CORE), 0, [], True)))
    assert playbooks.plays == []


def test_failure_keeps_its_type(tmp_path: Path) -> None:
    failure = PlayFailed("host core, task “Check”: line 7", "mend line 7", "core", "Check")
    ours = provider(tmp_path, FakePlaybooks(failure))
    with pytest.raises(PlayFailed):
        asyncio.run(ours.delete(protocol.DeleteRequest(URN, "core", values(**CORE), 0)))
    assert ours.failures == {URN: failure}


def test_engine_of_the_path_must_fit_the_sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pulumi"
    cached = tmp_path / "cache" / f"{cli.wanted_version()}-{cli._recipe().digest}" / "bin" / "pulumi"
    cached.parent.mkdir(parents=True)
    cached.touch()
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    said: list[str] = []
    for version, expected in ((cli.wanted_version(), program), ("2.0.0", cached), ("", cached)):
        program.write_text(f"#!/bin/sh\necho v{version}\n", encoding="utf-8")
        program.chmod(0o755)
        assert cli.command(said.append, tmp_path / "cache") == expected
    assert "is version 2.0.0" in said[0]


def only(folder: Path, monkeypatch: pytest.MonkeyPatch, go: str = "") -> None:
    """Makes a Go that calls itself so the only one there is."""
    if go:
        (folder / "go").write_text(f"#!/bin/sh\necho {go}\n", encoding="utf-8")
        (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("sys.executable", str(folder / "nothing" / "python"))


def test_without_go_the_error_names_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(tmp_path, monkeypatch)
    with pytest.raises(PbxError, match="no `go` on PATH") as raised:
        go_tools._toolchain(cli._recipe())
    assert "install Go" in raised.value.remedy


@pytest.mark.parametrize(("has", "toolchain"), [("go1.99.0", "local"), ("go1.21.0", "auto")])
def test_older_go_fetches_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has: str, toolchain: str
) -> None:
    only(tmp_path, monkeypatch, go=has)
    assert go_tools._toolchain(cli._recipe()) == toolchain


def test_go_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(tmp_path, monkeypatch, go="go1.19.8")
    with pytest.raises(PbxError, match=r"found 1\.19\.8"):
        go_tools._toolchain(cli._recipe())


def test_go_beside_our_python_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(tmp_path, monkeypatch, go="go1.19.8")
    beside = tmp_path / "nothing"
    beside.mkdir()
    (beside / "go").write_text("#!/bin/sh\necho go1.99.0\n", encoding="utf-8")
    (beside / "go").chmod(0o755)
    assert go_tools._toolchain(cli._recipe()) == "local"


def test_several_errors_of_the_engine_are_all_told() -> None:
    said = "Updating\nerror: 2 errors occurred:\n\t* writing lock: no space left on device\n\t* it stays\n\nDone\n"
    assert last_words(said) == "error: 2 errors occurred: – * writing lock: no space left on device – * it stays"
    numbered = " stderr: error: 2 errors occurred:\n    1) write /a/b.tmp: no space left on device\n    2) Unknown"
    assert last_words(numbered).endswith("occurred: – 1) write /a/b.tmp: no space left on device – 2) Unknown")


def test_a_lock_that_a_full_disk_cut_off_is_released(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "pbx" / NAME
    folder.mkdir(parents=True)
    (folder / "9fc0.json.18ea.tmp").touch()
    told: list[Event] = []
    assert locks.release_dead(LocalState(tmp_path), NAME, told.append)
    assert [each.text for each in told] == ["released a lock that was written by half"]
    assert not list(folder.iterdir())
    assert not locks.release_dead(LocalState(tmp_path), NAME, told.append)
