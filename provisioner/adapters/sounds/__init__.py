"""Sounds made on the engineer's machine: texts spoken by espeak-ng or piper, uploads decoded by PyAV."""

from .maker import LocalSoundMaker, default_cache, telephone_form

__all__ = ["LocalSoundMaker", "default_cache", "telephone_form"]
