"""The language server: questions go to `pipeline.editing`, findings come when no key was pressed for a moment.

Everything runs in one thread, because all of it is computing. Tenants that are not open and could claim what an open
one claims are learnt one at a time between two questions, so that none waits longer than for one tenant.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from provisioner import __version__
from provisioner.core.source import Position
from provisioner.pipeline import reference
from provisioner.pipeline.editing import grammar, places, telling
from provisioner.pipeline.editing.completing import complete
from provisioner.pipeline.editing.project import Project, root_of

from . import wire

STILL = 0.2
"""Seconds without a change after which the findings are looked for."""
PAUSE = 0.05
"""Seconds between two tenants that are learnt."""
AT_ONCE = 20
"""How many tenants are looked through without a pause, whether they are to be learnt: some milliseconds."""

Owner = tuple[FilePath, str]
"""A provider's folder, and the tenant whose files they are; empty for the provider's own."""

Asked = types.CompletionParams | types.HoverParams | types.DefinitionParams


@dataclass(frozen=True, slots=True)
class Pointed:
    """A place in a file of a provider's folder that somebody asks about."""

    text: wire.Text
    project: Project
    file: FilePath
    position: Position


class Editor:
    """What the server knows of its client: the open files and the provider's folders that they belong to."""

    def __init__(self, server: LanguageServer) -> None:
        self.server = server
        self.projects: dict[FilePath, Project] = {}
        self.open: dict[str, Owner] = {}
        """URI of an open file → whose it is."""
        self.told: dict[Owner, set[str]] = {}
        """Whose findings were told → the URIs of the files that they stand in."""
        self._timer: asyncio.TimerHandle | None = None
        self._learning: asyncio.Task[None] | None = None

    def asked(self, uri: str) -> tuple[TextDocument, Project, FilePath] | None:
        """The text, the folder and the file of a URI, or None where it is no file of a provider's folder."""
        document = self.server.workspace.get_text_document(uri)
        file = wire.file_of(document)
        root = root_of(file)
        if root is None:
            return None
        project = self.projects.setdefault(root, Project(root))
        return None if project.slug(file) is None else (document, project, file)

    def pointed(self, asked: Asked) -> Pointed | None:
        """What a question is about, or None where its file is none of a provider's folder."""
        if not (found := self.asked(asked.text_document.uri)):
            return None
        document, project, file = found
        text = wire.Text(document)
        return Pointed(text, project, file, text.position(asked.position))

    def changed(self, uri: str) -> None:
        if found := self.asked(uri):
            document, project, file = found
            project.unsaved[file] = document.source
            self.open[uri] = project.root, project.slug(file) or ""
            self.soon()

    def closed(self, uri: str) -> None:
        if found := self.asked(uri):
            _, project, file = found
            project.unsaved.pop(file, None)
        owner = self.open.pop(uri, None)
        if owner and owner not in self.open.values():
            self._publish(owner, {})
        elif owner:
            self.soon()

    def soon(self) -> None:
        """Looks for findings when nothing has changed for a moment."""
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(STILL, self.check)

    def check(self) -> None:
        """Tells the findings of everybody of whom a file is open."""
        for owner in dict.fromkeys(self.open.values()):
            self._tell(owner)
        if self._learning is None or self._learning.done():
            self._learning = asyncio.get_running_loop().create_task(self._learn())

    def _tell(self, owner: Owner) -> None:
        root, slug = owner
        project = self.projects[root]
        known = {wire.file_of(self.server.workspace.get_text_document(uri)): uri for uri in self.open}
        texts: dict[str, wire.Text] = {}
        by_file: dict[str, list[types.Diagnostic]] = {}
        for each in project.findings(slug):
            file = root / each.span.file
            uri = known.get(file) or file.as_uri()
            text = texts.get(uri) or texts.setdefault(uri, self.text(uri))
            by_file.setdefault(uri, []).append(wire.diagnostic(text, each))
        self._publish(owner, by_file)

    def text(self, uri: str) -> wire.Text:
        """The text of a file, as the client has it or as it was saved."""
        return wire.Text(self.server.workspace.get_text_document(uri))

    def _publish(self, owner: Owner, by_file: Mapping[str, list[types.Diagnostic]]) -> None:
        """Tells the client all findings of an owner; those of files that have none any more go."""
        files = {uri for uri, each in self.open.items() if each == owner} | self.told.get(owner, set()) | set(by_file)
        self.told[owner] = set(by_file)
        for uri in sorted(files):
            told = types.PublishDiagnosticsParams(uri, by_file.get(uri, []))
            self.server.text_document_publish_diagnostics(told)

    async def _learn(self) -> None:
        """Learns what other tenants claim, and tells the findings again where that was news."""
        for root, project in list(self.projects.items()):
            news = False
            for number, slug in enumerate(project.tenants(), 1):
                if number % AT_ONCE == 0:
                    await asyncio.sleep(PAUSE)  # questions go first
                with contextlib.suppress(OSError):  # a file that goes while it is read is news again at the next check
                    if project.concerns(slug):
                        await asyncio.sleep(PAUSE)
                        project.learn(slug)
                        news = True
            for owner in dict.fromkeys(self.open.values()) if news else ():
                if owner[0] == root:
                    self._tell(owner)


def _shown(project: Project, file: FilePath) -> str:
    return file.relative_to(project.root).as_posix()


def make() -> LanguageServer:
    """The server with all that it answers; `start_io` runs it over standard input and output."""
    server = LanguageServer("pbx", __version__)
    editor = Editor(server)

    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        for document in ("tenant", "provider"):  # the first question must not wait for them
            grammar.root(document)
        reference.fields()
        _watch(server)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(asked: types.DidOpenTextDocumentParams) -> None:
        editor.changed(asked.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(asked: types.DidChangeTextDocumentParams) -> None:
        editor.changed(asked.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(_: types.DidSaveTextDocumentParams) -> None:
        editor.soon()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(asked: types.DidCloseTextDocumentParams) -> None:
        editor.closed(asked.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(_: types.DidChangeWatchedFilesParams) -> None:
        editor.soon()

    _answers(server, editor)
    return server


def _watch(server: LanguageServer) -> None:
    """Asks the client to tell when files change that it has not open, where it can."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if not (watching and watching.dynamic_registration):
        return
    patterns = [types.FileSystemWatcher(f"**/{each}") for each in ("provider.yaml", "tenants/**/*.{yaml,yml}")]
    asked = types.Registration(
        "files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, types.DidChangeWatchedFilesRegistrationOptions(patterns)
    )
    server.client_register_capability(types.RegistrationParams([asked]))


def _answers(server: LanguageServer, editor: Editor) -> None:
    """What is asked at a position, and of a file as a whole."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[":", " ", '"', "["]))
    def completion(asked: types.CompletionParams) -> types.CompletionList | None:
        if (at := editor.pointed(asked)) is None:
            return None
        return wire.completions(at.text, asked.position, complete(at.project, at.file, at.position))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(asked: types.HoverParams) -> types.Hover | None:
        at = editor.pointed(asked)
        told = telling.hover(at.project, at.file, at.position) if at else None
        if at is None or told is None:
            return None
        said = types.MarkupContent(types.MarkupKind.Markdown, told.markdown)
        return types.Hover(said, at.text.place(told.span.start, told.span.end))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(asked: types.DefinitionParams) -> types.Location | None:
        at = editor.pointed(asked)
        span = telling.definition(at.project, at.file, at.position) if at else None
        if at is None or span is None:
            return None
        here = span.file == _shown(at.project, at.file)
        return (at.text if here else editor.text((at.project.root / span.file).as_uri())).location(span)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(asked: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        if not (found := editor.asked(asked.text_document.uri)):
            return None
        document, project, file = found
        source = project.document(project.slug(file) or "").source
        return wire.symbols(wire.Text(document), places.outline(source, _shown(project, file)))
