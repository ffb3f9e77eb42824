"""A core's taker: tenants' bundles into Asterisk, by the very code that takes them in on hosts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pbx_core_bundle as node
from ansible.module_utils import pbx_asterisk, pbx_running, pbx_sounds

from .bundles import Bundle
from .loop import Refused

SOUNDS = "sounds/"


class Asterisk:
    """The daemon whose files and socket this pod shares."""

    def __init__(self) -> None:
        for each in (node.TENANTS, node.STORE, node.LIVE):
            pbx_asterisk.folder(each)

    def take(self, bundles: Sequence[Bundle]) -> None:
        tenants = [_facts(each) for each in bundles]
        try:
            node.named_well(tenants)
            lacks = node.lacking(tenants, again=False)
            sounds = {name: each.files[f"{SOUNDS}{name}.wav"] for each in bundles for name in _sounds(each)}
            with pbx_asterisk.alone():
                pbx_sounds.keep({name: sounds[name] for name in lacks["sounds"]})
            todo = [each for each in tenants if each["slug"] in lacks["tenants"]]
            if todo:
                node.install(todo, {each.slug: _files(each) for each in bundles}, again=False)
            self._tidy()
        except (pbx_asterisk.Refused, KeyError, OSError) as error:
            raise Refused(_words(error)) from error

    def drop(self, slugs: Sequence[str]) -> None:
        tenants = [{"slug": slug, "digest": "", "content": "", "sounds": []} for slug in slugs]
        try:
            with pbx_asterisk.alone():
                there = [each for each in tenants if node.exists(each["slug"])]
                if there:
                    node.make_live(there, {})
            self._tidy()
        except (pbx_asterisk.Refused, OSError) as error:
            raise Refused(_words(error)) from error

    def astray(self, bundles: Iterable[Bundle]) -> set[str]:
        known = list(bundles)
        if not known:
            return set()
        try:
            runs = pbx_running.marks()
        except pbx_asterisk.Refused:
            return set()  # it is starting or ending; who asks next will see
        return {
            each.slug
            for each in known
            if runs.get(pbx_running.extension(each.slug)) != each.content or not node.is_live(_facts(each))
        }

    def _tidy(self) -> None:
        with pbx_asterisk.alone():
            node.tidy()
            pbx_sounds.forget(node.TENANTS)


def _files(bundle: Bundle) -> dict[str, bytes]:
    return {path: content for path, content in bundle.files.items() if not path.startswith(SOUNDS)}


def _sounds(bundle: Bundle) -> list[str]:
    paths = (path for path in bundle.files if path.startswith(SOUNDS))
    return sorted(path.removeprefix(SOUNDS).removesuffix(".wav") for path in paths)


def _facts(bundle: Bundle) -> dict[str, object]:
    return {"slug": bundle.slug, "digest": bundle.digest, "content": bundle.content, "sounds": _sounds(bundle)}


def _words(error: Exception) -> str:
    return f"the bundle lacks {error}" if isinstance(error, KeyError) else str(error)
