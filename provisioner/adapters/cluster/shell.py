"""Commands in the pod of a core, by kubectl: whoever looks after a cluster has it, with every way to log in."""

from __future__ import annotations

from provisioner.adapters.sip.shell import ShellError, execute


class PodShell:
    """The `Shell` beside Asterisk. Secrets travel on standard input only, as they do over SSH."""

    def __init__(self, context: str, namespace: str, core: str) -> None:
        self._pod = f"core-{core}-0"
        self._arguments = [
            *("kubectl", "--context", context, "--namespace", namespace),
            *("exec", "--stdin", "--container", "asterisk", self._pod, "--", "sh", "-c"),
        ]

    async def run(self, command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        try:
            return await execute([*self._arguments, command], stdin, timeout, self._pod)
        except FileNotFoundError:
            raise ShellError("kubectl is not installed here", "install it: pods are looked into by it") from None
