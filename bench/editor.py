"""How long an editor waits for an answer in a file of 1,500 lines, over the protocol itself."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from . import folder
from .figures import Figure

USERS = 75
"""Of whom a file has 1,500 lines."""
TIMES = 40

PBX = str(Path(sys.executable).parent / "pbx")


def editor() -> Iterator[Figure]:
    """The median and the slowest of each kind of question; the peer is the protocol's own handshake at rest."""
    with tempfile.TemporaryDirectory() as home:
        root = Path(home).resolve() / "folder"
        folder.make(root, 3, USERS)
        for name, (median, worst) in asyncio.run(_session(root / "tenants/company-1.yaml")).items():
            yield Figure(f"pbx lsp, {name}, 1,500 lines: median", median, "ms", "pbx lsp")
            yield Figure(f"pbx lsp, {name}, 1,500 lines: slowest of {TIMES}", worst, "ms", "pbx lsp")


async def _session(file: Path) -> dict[str, tuple[float, float]]:
    text = file.read_text(encoding="utf-8")
    client = LanguageClient("bench", "1")
    told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def _told(diagnostics: types.PublishDiagnosticsParams) -> None:
        told.put_nowait(diagnostics)

    await client.start_io(PBX, "lsp")
    await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
    client.initialized(types.InitializedParams())
    uri = file.as_uri()
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "yaml", 1, text)))
    for _ in range(2):  # the second time once the other tenants are known
        await asyncio.wait_for(told.get(), 60)
    lines = text.splitlines()
    number = next(index for index, each in enumerate(lines) if "no_answer: voicemail:info" in each)
    document, place = types.TextDocumentIdentifier(uri), types.Position(number, lines[number].index("info"))
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "completion": lambda: client.text_document_completion_async(types.CompletionParams(document, place)),
        "hover": lambda: client.text_document_hover_async(types.HoverParams(document, place)),
        "definition": lambda: client.text_document_definition_async(types.DefinitionParams(document, place)),
        "symbols": lambda: client.text_document_document_symbol_async(types.DocumentSymbolParams(document)),
    }
    version = 1
    measured = {}
    for name, ask in questions.items():
        took = []
        for _ in range(TIMES):
            version += 1  # each question comes after a key was pressed, so that nothing is remembered
            event = types.TextDocumentContentChangePartial(
                types.Range(types.Position(0, 0), types.Position(0, 0)), "#\n"
            )
            versioned = types.VersionedTextDocumentIdentifier(version, uri)
            client.text_document_did_change(types.DidChangeTextDocumentParams(versioned, [event]))
            place = types.Position(place.line + 1, place.character)
            begun = time.perf_counter()
            await ask()
            took.append((time.perf_counter() - begun) * 1000)
        measured[name] = round(statistics.median(took), 1), round(max(took), 1)
    measured["findings after the last key"] = await _findings(client, told, uri, version)
    await client.shutdown_async(None)
    client.exit(None)
    return measured


async def _findings(
    client: LanguageClient, told: asyncio.Queue[types.PublishDiagnosticsParams], uri: str, version: int
) -> tuple[float, float]:
    took = []
    for number in range(version + 1, version + 1 + TIMES):
        while not told.empty():
            told.get_nowait()
        event = types.TextDocumentContentChangePartial(types.Range(types.Position(0, 0), types.Position(0, 0)), "#\n")
        versioned = types.VersionedTextDocumentIdentifier(number, uri)
        begun = time.perf_counter()
        client.text_document_did_change(types.DidChangeTextDocumentParams(versioned, [event]))
        await asyncio.wait_for(told.get(), 60)
        took.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(took), 1), round(max(took), 1)
