"""Sounds made on the engineer's machine: texts spoken by espeak-ng, uploads converted by sox."""

from .maker import LocalSoundMaker, default_cache

__all__ = ["LocalSoundMaker", "default_cache"]
