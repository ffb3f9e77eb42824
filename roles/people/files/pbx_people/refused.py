"""What a client is told when it does not get what it wants."""

from __future__ import annotations

from http import HTTPStatus


class Refused(Exception):
    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status, self.headers = status, headers
