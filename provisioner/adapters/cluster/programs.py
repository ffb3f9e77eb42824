"""Gets the programs around Kubernetes: the provider that Pulumi's engine starts, and a control plane for tests.

The provider comes from our cache, from Pulumi's own installer, or is built from its Go module; its version
is the one that the Python package of the components asks for. The module holds its two embedded files in the form that
its authors edit; what is embedded follows from them, and is made here as their build makes it. The control plane is
nobody's but the tests': a provider's clusters have their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from provisioner.adapters import go_tools
from provisioner.adapters.go_tools import Recipe, Say
from provisioner.core.errors import PbxError

PLUGIN = "pulumi-resource-kubernetes"
PLUGIN_VERSION = "4.25.0"
"""The Python package's; it was published a day after the state of the module that `tools/pulumi-kubernetes` names."""

_MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4"
_PROVIDER = Recipe("pulumi-kubernetes", "the Kubernetes provider")
_CONTROL_PLANE = Recipe("kubernetes", "a Kubernetes control plane")
_INSTALL_SECONDS = 120

_PACKAGES = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    "kubelet": "k8s.io/kubernetes/cmd/kubelet",
}


def provider(engine: Path, say: Say, homes: Path | None = None) -> Path:
    """The folder that holds the provider; `engine` is the `pulumi` that may fetch it."""
    home = _PROVIDER.home(PLUGIN_VERSION, homes)
    go_tools.got(home, _PROVIDER, [PLUGIN], lambda fresh: _get(fresh, engine, say), say)
    return home / "bin"


def provider_is_there(homes: Path | None = None) -> bool:
    """Whether the provider is in the cache."""
    return (_PROVIDER.home(PLUGIN_VERSION, homes) / "bin" / PLUGIN).is_file()


def program(name: str, say: Say, homes: Path | None = None) -> Path:
    """A program of the control plane: `etcd`, `kube-apiserver` …; built where it is not there yet."""
    version = _CONTROL_PLANE.version_of("k8s.io/kubernetes")
    home = _CONTROL_PLANE.home(f"{name}-{version}", homes)
    recipe = replace(_CONTROL_PLANE, thing=name)
    go_tools.got(home, recipe, [name], lambda fresh: _build(recipe, name, version, fresh, say), say)
    return home / "bin" / name


def is_there(name: str, homes: Path | None = None) -> bool:
    """Whether a program of the control plane has been built."""
    version = _CONTROL_PLANE.version_of("k8s.io/kubernetes")
    return (_CONTROL_PLANE.home(f"{name}-{version}", homes) / "bin" / name).is_file()


def _build(recipe: Recipe, name: str, version: str, fresh: Path, say: Say) -> None:
    major, minor, _ = version.split(".", 2)
    facts = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor}
    variables = " ".join(f"-X k8s.io/component-base/version.{key}={value}" for key, value in facts.items())
    go_tools.build(recipe, _PACKAGES[name], fresh / "bin" / name, variables, say)


def _starts(plugin: Path) -> bool:
    """Whether the provider runs here: it prints the port at which the engine would find it."""
    try:
        process = subprocess.Popen([str(plugin)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return False
    with process:
        assert process.stdout is not None
        answer = process.stdout.readline()
        process.kill()
    return answer.strip().isdigit()


def _get(fresh: Path, engine: Path, say: Say) -> None:
    if reason := _install(fresh, engine, say):
        say(f"Pulumi's installer did not work ({reason}): building the provider from its Go module")
        _build_provider(fresh, say)
    if not _starts(fresh / "bin" / PLUGIN):
        raise PbxError(f"the Kubernetes provider {PLUGIN_VERSION} does not start here", "run the command again")
    say(f"the Kubernetes provider {PLUGIN_VERSION} is ready")


def _install(fresh: Path, engine: Path, say: Say) -> str:
    """Fetches the provider by Pulumi's installer; returns why that did not work, or nothing."""
    say(f"fetching the Kubernetes provider {PLUGIN_VERSION}")
    line = [str(engine), "plugin", "install", "resource", "kubernetes", PLUGIN_VERSION]
    environment = {**os.environ, "PULUMI_HOME": str(fresh / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=_INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return " ".join(str(error).split())[-200:]
    found = next((fresh / "home").glob(f"plugins/*/{PLUGIN}"), None)
    if found is None:
        return ((done.stderr or done.stdout).strip().splitlines() or ["no message"])[-1]
    (fresh / "bin").mkdir()
    found.rename(fresh / "bin" / PLUGIN)
    shutil.rmtree(fresh / "home")
    return ""


def _build_provider(fresh: Path, say: Say) -> None:
    work = fresh / "work"
    shutil.copytree(_PROVIDER.folder, work)
    module = _module_folder(work, say) / "cmd" / PLUGIN
    schema = json.loads((module / "schema.json").read_text(encoding="utf-8"))
    mapping = json.loads((module / "terraform-mapping.json").read_text(encoding="utf-8"))
    _write(work / "schema.json", {**schema, "version": PLUGIN_VERSION})
    _write(work / "terraform-mapping.json", mapping)
    variables = f"-X {_MODULE}/pkg/version.Version={PLUGIN_VERSION}"
    go_tools.build(_PROVIDER, ".", fresh / "bin" / PLUGIN, variables, say, work)
    shutil.rmtree(work)


def _module_folder(work: Path, say: Say) -> Path:
    """Where Go keeps the module's files, fetched first where they are not there."""
    say("fetching the provider's module")
    lines: list[str] = []
    environment = go_tools.with_own_go()
    go_tools.go(_PROVIDER, ["mod", "download", _MODULE], work, environment, lines.append)
    lines.clear()
    go_tools.go(_PROVIDER, ["list", "-m", "-f", "{{.Dir}}", _MODULE], work, environment, lines.append)
    return Path(lines[-1])


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def main() -> None:
    """Gets everything that tests need; `make kubernetes` runs it."""
    from provisioner.adapters.pulumi import cli

    for name in ("etcd", "kube-apiserver", "kube-controller-manager"):
        print(program(name, print))
    print(provider(cli.command(print), print))


if __name__ == "__main__":
    main()
