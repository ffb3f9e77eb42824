"""`pbx lsp` as an editor has it: a process of its own, asked over its standard input and output."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

EXAMPLES = Path(__file__).parents[2] / "examples"
PBX = Path(sys.executable).with_name("pbx")
SECONDS = 30


class Session:
    """An editor with one file of the examples open."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.text = file.read_text(encoding="utf-8")
        self.client = LanguageClient("test", "1")
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.version = 1

        self.watched: list[str] = []

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def registered(asked: types.RegistrationParams) -> None:
            self.watched += [each.method for each in asked.registrations]

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(diagnostics: types.PublishDiagnosticsParams) -> None:
            self.told.put_nowait(diagnostics)

    @property
    def document(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.file.as_uri())

    def open(self) -> None:
        item = types.TextDocumentItem(self.file.as_uri(), "yaml", self.version, self.text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, old: str, new: str) -> None:
        """Types `new` instead of `old`, as an editor sends it: the stretch and what stands there now."""
        start = self.at(old)
        end = types.Position(start.line, start.character + len(old.encode("utf-16-le")) // 2)
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(self.version, self.file.as_uri())
        event = types.TextDocumentContentChangePartial(types.Range(start, end), new)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [event]))

    def at(self, text: str) -> types.Position:
        """Where the text begins, in lines and UTF-16 units."""
        before = self.text[: self.text.index(text)]
        last = before[before.rfind("\n") + 1 :]
        return types.Position(before.count("\n"), len(last.encode("utf-16-le")) // 2)

    async def findings(self, expected: int) -> list[types.Diagnostic]:
        """The findings of the file, as soon as there are as many as expected."""
        seen: list[object] = []
        while True:
            try:
                told = await asyncio.wait_for(self.told.get(), SECONDS)
            except TimeoutError:
                raise AssertionError(f"never {expected} findings, but {seen}") from None
            if told.uri == self.file.as_uri() and len(told.diagnostics) == expected:
                return list(told.diagnostics)
            seen.append([(each.code, each.message) for each in told.diagnostics])


def in_a_session(tmp_path: Path, asks: Callable[[Session], Awaitable[None]]) -> int:
    """Lets an editor ask; returns the exit code of the server that it started."""
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns(".pbx", "secrets"))

    async def run() -> int:
        session = Session(tmp_path / "examples/tenants/solglantan.yaml")
        client = session.client
        await client.start_io(str(PBX), "lsp")
        watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        able = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(did_change_watched_files=watching))
        asked = types.InitializeParams(capabilities=able, root_uri=tmp_path.as_uri())
        told = await asyncio.wait_for(client.initialize_async(asked), SECONDS)
        assert told.server_info
        assert told.server_info.name == "pbx"
        client.initialized(types.InitializedParams())
        session.open()
        await asks(session)
        server = client._server
        assert server
        await client.shutdown_async(None)
        client.exit(None)
        return await asyncio.wait_for(server.wait(), SECONDS)

    return asyncio.run(run())


def test_an_editor_at_work(tmp_path: Path) -> None:
    """One session, because the server takes a second to start: typing, questions, closing."""

    async def asks(session: Session) -> None:
        await session.findings(0)
        await findings_come_while_typing_and_go_when_mended(session)
        await questions_about_a_place(session)
        await a_file_of_nobodys_has_no_answers(session)
        await a_number_that_another_tenant_has_is_found(session)
        await a_file_that_changes_on_the_disk_counts(session)
        session.change("queue:nurse", "queue:nurs")
        await session.findings(1)
        session.client.text_document_did_close(types.DidCloseTextDocumentParams(session.document))
        await session.findings(0)

    assert in_a_session(tmp_path, asks) == 0


async def findings_come_while_typing_and_go_when_mended(session: Session) -> None:
    session.change("# the twelve usual ones", "# 📞 the twelve usual ones")
    session.change('"1": ring_group:reception', '"1": ring_group:recepton')
    (dangling,) = await session.findings(1)
    assert (dangling.code, dangling.source) == ("R001", "pbx")
    assert "did you mean 'ring_group:reception'?" in dangling.message
    assert dangling.range.start == session.at("ring_group:recepton")
    session.change("title: Barnavården", "title: 📞, titel: Å")  # whose columns are not those of UTF-16
    unknown, *_ = await session.findings(2)
    assert unknown.code == "S001"
    assert unknown.range.start == session.at("titel: Å")
    session.change("title: 📞, titel: Å", "title: Å📞")
    await session.findings(1)
    session.change("ring_group:recepton", "ring_group:reception")
    await session.findings(0)


async def questions_about_a_place(session: Session) -> None:
    client, document = session.client, session.document
    place = session.at("queue:nurse\n")
    hover = await client.text_document_hover_async(types.HoverParams(document, place))
    assert hover
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.value.startswith("**queue:nurse**")
    there = await client.text_document_definition_async(types.DefinitionParams(document, place))
    assert isinstance(there, types.Location)
    assert there.uri == document.uri
    assert session.text.splitlines()[there.range.start.line].strip() == "nurse:"
    end = types.Position(place.line, place.character + len("queue:nu"))
    offered = await client.text_document_completion_async(types.CompletionParams(document, end))
    assert isinstance(offered, types.CompletionList)
    (nurse,) = [each for each in offered.items if each.label == "queue:nurse"]
    assert nurse.text_edit == types.TextEdit(types.Range(place, end), "queue:nurse")
    sections = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert {"users", "queues"} <= {each.name for each in sections or ()}


async def a_file_of_nobodys_has_no_answers(session: Session) -> None:
    for uri in (session.file.parents[2].joinpath("notes.yaml").as_uri(), "untitled:Untitled-1", "git:/x.yaml?HEAD"):
        session.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "yaml", 1, "a: b"))
        )
        document = types.TextDocumentIdentifier(uri)
        asked = types.HoverParams(document, types.Position(0, 0))
        assert await session.client.text_document_hover_async(asked) is None
        session.client.text_document_did_close(types.DidCloseTextDocumentParams(document))


async def a_number_that_another_tenant_has_is_found(session: Session) -> None:
    other = session.file.with_name("nordverk.yaml").read_text(encoding="utf-8")
    number = next(line for line in other.splitlines() if '"+4631390' in line).split('"')[1]
    session.change('"+46846500410"', f'"{number}"')
    (twice,) = await session.findings(1)
    assert twice.code == "N201"


async def a_file_that_changes_on_the_disk_counts(session: Session) -> None:
    assert session.watched == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]
    other = session.file.with_name("nordverk.yaml")
    other.unlink()
    event = types.FileEvent(other.as_uri(), types.FileChangeType.Deleted)
    session.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await session.findings(0)
