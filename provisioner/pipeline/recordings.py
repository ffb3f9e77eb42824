"""What a person means who handles recorded prompts from outside: which sound of which prompt, and what is heard now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from provisioner.core.artifacts import Lived, named, seed
from provisioner.core.errors import UsageError
from provisioner.core.findings import nearest
from provisioner.core.languages import best
from provisioner.core.ports.prompts import Recorded
from provisioner.features.prompts.facts import SERVICE, recordable
from provisioner.features.prompts.recording import pin_secret

from .validate import Specification


@dataclass(frozen=True, slots=True)
class Row:
    """One sound of a prompt."""

    prompt: str
    language: str
    """Empty for one that serves all."""
    dialled: str
    """What users dial to record it; empty where they may not."""
    heard: str
    """What the file declares, in words, or that it was recorded."""
    recorded: Recorded | None


def rows(specification: Specification, tenant: str, live: Iterable[Recorded]) -> Iterator[Row]:
    """Every sound of the tenant's file, in its order; then recordings of prompts that it does not have any more."""
    scope = specification.scopes[tenant]
    left = {(each.prompt, each.language): each for each in live}
    numbers = {
        (sound.prompt, sound.language): scope.code(SERVICE.name) + number
        for number, sound in recordable(specification.tenants[tenant].prompts, scope)
    }
    for prompt, sounds in scope.sounds.items():
        for language, sound in sounds.items():
            key = (prompt, language)
            found = left.pop(key, None) if key in numbers else None
            heard = "recorded" if found else named(seed(sound))
            yield Row(prompt, language, numbers.get(key, ""), heard, found)
    for key, found in sorted(left.items()):
        yield Row(*key, "", "nobody: the file does not let it be recorded any more", found)


def find(specification: Specification, tenant: str, prompt: str, language: str = "") -> Lived:
    """The sound that users may record; in the tenant's language where none is named. Raises UsageError with a way out
    where there is none."""
    sounds = specification.scopes[tenant].sounds
    if prompt not in sounds:
        near = nearest(prompt, sounds)
        hint = f"did you mean {near}?" if near else f"it has: {', '.join(sounds) or 'none'}"
        raise UsageError(f"{tenant} has no prompt {prompt!r}", hint)
    tag = best(sounds[prompt], language or specification.tenants[tenant].language)
    if tag is not None and isinstance(found := sounds[prompt][tag], Lived):
        return found
    which = f"{prompt} in {language}" if language else prompt
    raise UsageError(f"{which} is not recorded by phone", f"write `{prompt}: {{…, recorded: 1}}` in the tenant's file")


def to_reset(
    specification: Specification, tenant: str, prompt: str, language: str, live: Callable[[], Iterable[Recorded]]
) -> tuple[str, str]:
    """Prompt and language of what shall go. The platform is asked only for a prompt that the file does not have."""
    known = prompt in specification.scopes[tenant].sounds
    if not known and any((each.prompt, each.language) == (prompt, language) for each in live()):
        return prompt, language
    found = find(specification, tenant, prompt, language)
    return found.prompt, found.language


def pin(specification: Specification, tenant: str) -> str:
    """The handle of the PIN; empty where nothing is recorded by phone."""
    scope, prompts = specification.scopes[tenant], specification.tenants[tenant].prompts
    return pin_secret(tenant) if any(recordable(prompts, scope)) else ""
