"""Messages that are to be written down in a language that nothing on the core nodes understands."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.feature import Scope
from provisioner.core.findings import Finding, Rule
from provisioner.core.source import Path
from provisioner.tenant import Tenant

RULE = Rule(
    code="R125",
    title="Messages to be written down in a language without a recogniser",
    why="The recogniser that comes with the platform has an acoustic model for English alone; of any other language it "
    "would make English words that nobody said.",
    remedy="Take `transcribe` out, or give provider.yaml a `transcription` whose program understands the language, see "
    "roles/speech/README.md.",
    bad="anna: {voicemail: {transcribe: sv}}",
    good="anna: {voicemail: {transcribe: en}}",
    source="U3",
)


def check(tenant: Tenant, scope: Scope) -> Iterator[Finding]:
    known = scope.transcriber
    for path, language in _wishes(tenant):
        if not known.understands(language):
            yield RULE.at(path, f"no recogniser understands {language}", expected=" or ".join(sorted(known.languages)))


def _wishes(tenant: Tenant) -> Iterator[tuple[Path, str]]:
    for name, box in tenant.voicemail.items():
        if box.transcribe:
            yield ("voicemail", name, "transcribe"), box.transcribe
    for name, user in tenant.users.items():
        if user.voicemail and user.voicemail.transcribe:
            yield ("users", name, "voicemail", "transcribe"), user.voicemail.transcribe
