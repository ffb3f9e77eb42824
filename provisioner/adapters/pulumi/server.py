"""Serves the provider to the engine: inside this process, or as the executable `pulumi-resource-pbx`.

Inside: the engine is told the port (`PULUMI_DEBUG_PROVIDERS`), which saves a second start of Python (0.4 s a run),
keeps secrets in one process, and gives progress and errors as objects. The executable is for `pulumi` run by hand.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from google.protobuf import empty_pb2
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.provider.experimental.server import main as serve_executable

from provisioner import __version__

from .provider import PbxProvider

_START_SECONDS = 10


class _Servicer(ProviderServicer):
    """The SDK's servicer for a provider that the engine did not start and that several engines share."""

    async def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: ARG002
        # An engine whose stack failed says this too, and the other stacks go on; `PulumiEngine` stops us itself.
        return empty_pb2.Empty()

    async def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: ARG002
        return empty_pb2.Empty()


@contextmanager
def serve(provider: PbxProvider) -> Iterator[int]:
    """Serves the provider in a thread; gives the port on the loopback interface."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    box: dict[str, Any] = {}

    async def start() -> None:
        import grpc.aio
        from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
        from pulumi.runtime.proto import provider_pb2_grpc

        server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Servicer([], __version__, provider, ""), server)
        box["server"], box["port"] = server, server.add_insecure_port("127.0.0.1:0")
        await server.start()
        ready.set()

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=work, name="pbx-provider", daemon=True)
    thread.start()
    if not ready.wait(_START_SECONDS):
        raise RuntimeError(f"the provider did not start within {_START_SECONDS} s")
    try:
        yield box["port"]
    finally:
        asyncio.run_coroutine_threadsafe(box["server"].stop(0), loop).result(_START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_START_SECONDS)


def run_executable(provider: PbxProvider, arguments: list[str]) -> None:
    """Serves until the engine ends; writes the port to stdout as the protocol asks."""
    serve_executable(arguments, __version__, provider)
