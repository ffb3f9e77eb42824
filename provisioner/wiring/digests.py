"""What makes a node of the platform, named by its content: where that differs the node is made anew."""

from __future__ import annotations

import hashlib


def pods_digest(roles: tuple[str, ...]) -> str:
    """Names what makes a node's pods: the components, and what runs in pods beside the daemons."""
    from provisioner.adapters.cluster import pods

    return hashlib.sha256(f"{pods.digest(pods.programs())} {' '.join(roles)}".encode()).hexdigest()


def roles_digest(roles: tuple[str, ...]) -> str:
    """Names the content of Ansible roles, of those that they depend on, and of programs that they bring along."""
    from provisioner.adapters import assets, programs

    base = assets.folder("roles")
    total = hashlib.sha256("".join(map(programs.digest, roles)).encode())
    for role in (*roles, *(each.name for each in sorted(base.glob("*_common")))):
        for file in sorted(each for each in (base / role).rglob("*") if each.is_file() and each.suffix != ".pyc"):
            total.update(f"{file.relative_to(base)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
