"""The cluster's API as a pod sees it: its account's token, three verbs, and waiting for a change.

Where the pod is stands in its environment; tests set PBX_API, PBX_TOKEN_FILE and PBX_CA_FILE to be somewhere else.
"""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
MERGE = "application/merge-patch+json"
SECONDS = 20
WATCH_SECONDS = 300
REVISION = "pbx/revision"
"""Annotation of the status of rows that tells edges which are the newest."""


class Unreachable(Exception):
    """The API does not answer, or refuses; the text says which."""


class Missing(Unreachable):
    """What was asked for is not there."""


class Cluster:
    """The objects of one namespace."""

    def __init__(self) -> None:
        host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
        self._base = os.environ.get("PBX_API") or f"https://{host}:{port}"
        self._token = Path(os.environ.get("PBX_TOKEN_FILE") or ACCOUNT / "token")
        authority = os.environ.get("PBX_CA_FILE") or str(ACCOUNT / "ca.crt")
        self._tls = ssl.create_default_context(cafile=authority) if self._base.startswith("https") else None
        self.namespace = os.environ.get("POD_NAMESPACE") or (ACCOUNT / "namespace").read_text().strip()

    def get(self, resource: str, name: str) -> dict[str, Any]:
        """An object, such as `get("configmaps", "core-core-bundles")`; raises Missing."""
        return self._json("GET", f"{resource}/{name}")

    def items(self, resource: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._json("GET", resource, query=query)["items"]
        return found

    def merge(self, resource: str, name: str, content: Mapping[str, Any]) -> None:
        """Changes what is named; None takes a key away."""
        self._json("PATCH", f"{resource}/{name}", content)

    def changes(self, resource: str, name: str, since: str) -> Iterator[dict[str, Any]]:
        """Each state of an object after the one of this version; ends by itself after a while."""
        query = {
            "watch": "1",
            "fieldSelector": f"metadata.name={name}",
            "resourceVersion": since,
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        with self._open("GET", resource, None, query, WATCH_SECONDS + SECONDS) as stream:
            for line in stream:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return  # the version is too old to go on from: the caller reads the object anew
                yield event["object"]

    def _json(
        self, method: str, path: str, content: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        with self._open(method, path, content, query or {}, SECONDS) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def _open(
        self, method: str, path: str, content: Mapping[str, Any] | None, query: Mapping[str, str], seconds: int
    ) -> Any:
        url = f"{self._base}/api/v1/namespaces/{self.namespace}/{path}?{urllib.parse.urlencode(query)}"
        body = None if content is None else json.dumps(content).encode()
        # Read each time: the cluster renews it.
        headers = {"Authorization": f"Bearer {self._token.read_text().strip()}", "Content-Type": MERGE}
        request = urllib.request.Request(url, data=body, headers=headers, method=method)
        try:
            return urllib.request.urlopen(request, timeout=seconds, context=self._tls)
        except urllib.error.HTTPError as error:
            kind = Missing if error.code == 404 else Unreachable
            raise kind(f"{method} {path}: {_said(error)}") from None
        except OSError as error:
            raise Unreachable(f"{method} {path}: {error}") from error


def _said(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["message"])
    except (ValueError, KeyError, OSError):
        return f"{error.code} {error.reason}"
