"""`pbx cluster`: a Kubernetes cluster on the engineer's own computer, up, down, status, and commands on its machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .progress import Tell, say, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.adapters.images import Image
    from provisioner.adapters.lab_cluster import Cluster, Status

app = typer.Typer(
    name="cluster",
    help="A Kubernetes cluster of one machine on this computer, to try the platform's pods in.\n\nNeeds root.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Name = Annotated[str, typer.Option("--name", envvar="PBX_CLUSTER", help="Which; several may run side by side.")]
PASS_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}


class Format(StrEnum):
    text = "text"
    json = "json"


@app.command()
def up(name: Name = "default") -> None:
    """Bring the cluster up and wait until its machine is ready. Harmless when it is up."""
    from provisioner.adapters.lab_cluster import Cluster

    cluster = Cluster(name)
    with shown(f"cluster {name}") as tell:
        cluster.up(tell)
    say(f"cluster {name} is up; next: export KUBECONFIG={cluster.kubeconfig}")


@app.command()
def down(name: Name = "default") -> None:
    """Take the cluster down; nothing of it stays but what is cached."""
    from provisioner.adapters.lab_cluster import Cluster

    with shown(f"cluster {name}"):
        was_there = Cluster(name).down()
    say(f"cluster {name} {'is gone' if was_there else 'was not there'}")


@app.command()
def status(
    name: Name = "default",
    form: Annotated[Format, typer.Option("--format", envvar="PBX_FORMAT", help="What stdout gets.")] = Format.text,
) -> None:
    """Say what runs, how to reach it, and with how much memory."""
    from provisioner.adapters.lab_cluster import Cluster

    found = Cluster(name).status()
    if form is Format.json:
        print(json.dumps({"format_version": 1, **asdict(found)}, indent=2, default=str))
    else:
        print(_as_text(found))


def _as_text(found: Status) -> str:
    lines = [f"cluster {found.name}: {found.phase}"]
    if found.ended:
        lines.append(f"  {found.ended}")
    if found.kubeconfig:
        lines += [
            f"  address     {found.address}",
            f"  kubeconfig  {found.kubeconfig}",
            f"  logs        {found.logs}",
            f"  memory      {found.memory / 2**20:.0f} MB",
        ]
    lines += [f"  pod         {pod}  {phase}" for pod, phase in sorted(found.pods.items())]
    return "\n".join(lines)


@app.command()
def load(
    images: Annotated[list[str] | None, typer.Argument(help="Which images; all where none is named.")] = None,
    name: Name = "default",
) -> None:
    """Build images where they are missing, give them to the cluster, and print the names that pods call them by."""
    from provisioner.adapters.lab_cluster import Cluster

    cluster = Cluster(name)
    with shown(f"cluster {name}") as tell:
        for _, called in _loaded(cluster, tuple(images or ()), tell):
            print(called)


def _loaded(cluster: Cluster, names: tuple[str, ...], tell: Tell) -> Iterator[tuple[Image, str]]:
    """Each image, built where it is missing and given to the cluster, and the name that pods call it by."""
    from provisioner.adapters import images as kept

    for recipe in kept.recipes(names):
        built = kept.ensure(recipe, lambda word, image=recipe.name: tell(image, word))  # type: ignore[misc]
        tell(recipe.name, "loading")
        yield built, cluster.load(built)


@app.command()
def trial(
    lab: Annotated[str, typer.Option("--lab", envvar="PBX_LAB", help="Whose telephones and carrier are used.")],
    environment: Annotated[str, typer.Option("--env", help="What the environment is called.")] = "pods",
    name: Name = "default",
) -> None:
    """Plug the cluster in a lab, give it the images, and print the environment for provider.yaml to try it with."""
    from provisioner.adapters.lab import Lab
    from provisioner.adapters.lab_cluster import Cluster
    from provisioner.environments import Images

    cluster = Cluster(name)
    with shown(f"cluster {name}") as tell:
        there = cluster.join(Lab(lab))
        digests = {built.name: built.digest for built, _ in _loaded(cluster, tuple(Images.model_fields), tell)}
    print(there.environment(environment, digests), end="")


@app.command(
    context_settings=PASS_ON,
)
def shell(
    command: Annotated[list[str], typer.Argument(help="What to run there, such as kubectl with its arguments.")],
    name: Name = "default",
) -> None:
    """Run a command on the cluster's machine as its administrator. Options stand before the command."""
    from provisioner.adapters.lab_cluster import Cluster

    raise typer.Exit(Cluster(name).shell(command[1:] if command[:1] == ["--"] else command))
