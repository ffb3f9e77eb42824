"""Sentences that the platform says itself, in the languages that it knows.

Whatever a tenant can word is a prompt of the tenant's file; these are for the few moments where the file is silent.
Texts are spoken like prompts, so a caller hears one voice.
"""

from __future__ import annotations

from collections.abc import Mapping

from .artifacts import Recipe, Speech


def spoken(**texts: str) -> Mapping[str, Recipe]:
    """Language → what is heard, in the form of `Scope.sounds`: `spoken(sv="Hej", en="Hello")`."""
    return {language: Speech(text, language) for language, text in texts.items()}
