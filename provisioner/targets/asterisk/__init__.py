"""Asterisk as a compile target: typed dialplan, queues, mailboxes, music and sounds, and the files they become."""

from .bundle import render

__all__ = ["render"]
