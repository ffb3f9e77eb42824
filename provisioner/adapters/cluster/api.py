"""The API of a cluster, as plain JSON: a few requests whose errors say which object is concerned and what to do.

The kubeconfig, with its certificates and log-in programs, is read by lightkube. The context is always named: the one
that happens to be current is another cluster's as often as not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.core.errors import PbxError, TimedOut, UsageError
from provisioner.core.findings import nearest

if TYPE_CHECKING:
    import httpx2

MERGE = "application/merge-patch+json"
_BARE, _BARE_VERSION = "application/json;as=PartialObjectMetadata", "g=meta.k8s.io;v=v1"
_SECONDS = 20.0
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Right:
    """Something that whoever applies must be allowed to do."""

    verb: str
    group: str
    resource: str

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}{'.' + self.group if self.group else ''}"


class NotFound(PbxError):
    """The object, or its kind, is not there."""


class AlreadyThere(PbxError):
    """An object of that name is there."""


class Api:
    """One cluster, and one namespace of it."""

    def __init__(self, context: str, namespace: str) -> None:
        self.context = context
        self.namespace = namespace
        self._client = _client(context)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """The object at a path below the API's root; raises NotFound."""
        return self._ask("GET", path, query=query)

    def items(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """All objects of a kind, page by page."""
        more = ""
        while True:
            page = self.get(path, limit=str(_PAGE), **query, **({"continue": more} if more else {}))
            yield from page["items"] or ()
            more = page["metadata"].get("continue", "")
            if not more:
                return

    def names(self, path: str, selector: str) -> list[tuple[str, str]]:
        """Name and time of making of all objects with these labels, without what they hold."""
        more = ""
        found: list[tuple[str, str]] = []
        while True:
            query = {"limit": str(_PAGE), "labelSelector": selector, **({"continue": more} if more else {})}
            page = self._ask("GET", path, headers={"Accept": f"{_BARE}List;{_BARE_VERSION}"}, query=query)
            found += [(each["metadata"]["name"], each["metadata"]["creationTimestamp"]) for each in page["items"] or ()]
            more = page["metadata"].get("continue", "")
            if not more:
                return found

    def is_there(self, path: str) -> bool:
        """Whether an object is there; nothing of what it holds travels."""
        try:
            self._ask("GET", path, headers={"Accept": f"{_BARE};{_BARE_VERSION}"})
        except NotFound:
            return False
        return True

    def create(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Makes an object below the path of its kind; raises AlreadyThere."""
        return self._ask("POST", path, content)

    def merge(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Changes what is named and leaves the rest; None takes a key away."""
        return self._ask("PATCH", path, content, {"Content-Type": MERGE})

    def delete(self, path: str) -> None:
        """Takes an object away; nothing where it is gone already."""
        try:
            self._ask("DELETE", path)
        except NotFound:
            return

    def kind(self, name: str, group: str = "api/v1") -> str:
        """The path of a kind in the namespace: `configmaps`, or `statefulsets` of `apis/apps/v1`."""
        return f"/{group}/namespaces/{self.namespace}/{name}"

    def ready(self, groups: Iterable[tuple[str, str]], rights: Iterable[Right]) -> None:
        """Raises where the cluster cannot be worked with: `groups` are versions of its API, and who brings them."""
        self.get("/version")
        for group, remedy in groups:
            try:
                self.get(f"/apis/{group}")
            except NotFound:
                raise PbxError(f"the cluster {self.context} has no API {group}", remedy) from None
        if missing := [str(each) for each in rights if not self._may(each)]:
            raise PbxError(
                f"in the namespace {self.namespace} of {self.context} you may not {', '.join(missing)}",
                "have an administrator bind the role of docs/kubernetes.md to you, then repeat",
            )

    def _may(self, right: Right) -> bool:
        asked = {"namespace": self.namespace, "verb": right.verb, "group": right.group, "resource": right.resource}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
        answer = self.create(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {**review, "spec": {"resourceAttributes": asked}}
        )
        return bool(answer["status"].get("allowed"))

    def _ask(
        self,
        method: str,
        path: str,
        content: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        import httpx2
        from lightkube.core.exceptions import ConfigError

        try:
            answer = self._client.request(method, path, json=content, headers=headers, params=query)
        except httpx2.TimeoutException as error:
            raise TimedOut(f"the cluster {self.context} did not answer within {_SECONDS:.0f} s", _REACH) from error
        except (httpx2.HTTPError, OSError) as error:
            where = f"{self._client.base_url}".rstrip("/")
            raise PbxError(f"the cluster {self.context} at {where} cannot be reached: {error}", _REACH) from error
        except ConfigError as error:
            raise PbxError(
                f"the log-in of the context {self.context} failed: {error}", "log in, then repeat"
            ) from error
        if answer.is_success:
            found: dict[str, Any] = answer.json() if answer.content else {}
            return found
        raise self._refusal(method, path, content, answer)

    def _refusal(self, method: str, path: str, content: Mapping[str, Any] | None, answer: httpx2.Response) -> PbxError:
        words = _words(answer)
        named = str((content or {}).get("metadata", {}).get("name", ""))
        kind, _, last = path.rpartition("/")
        what = f"{last}/{named}" if method == "POST" else f"{kind.rpartition('/')[2]}/{last}"
        text = f"the cluster {self.context} refuses {method.lower()} {what}: {words}"
        match answer.status_code:
            case 401:
                return PbxError(
                    text, f"log in to {self.context} anew (kubectl --context {self.context} get ns shows it)"
                )
            case 403:
                return PbxError(text, "have an administrator bind the role of docs/kubernetes.md to you, then repeat")
            case 404:
                return NotFound(text, "apply the platform first: `pbx apply` without --target makes it")
            case 409:
                return AlreadyThere(text, "repeat; if it stays so, somebody else works on the same object")
            case 413 | 422 if "too large" in words.lower() or "too long" in words.lower():
                return PbxError(text, "make the file smaller: an object of a cluster holds less than 1 MiB")
            case _:
                return PbxError(text, "mend the cause, then repeat")


_REACH = "see that the cluster is up and this machine may reach it, then repeat"


def _words(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.reason_phrase} {answer.text[:200]}".strip()


def _client(context: str) -> httpx2.Client:
    try:
        import httpx2
        from lightkube import KubeConfig
        from lightkube.config.client_adapter import Client, ConnectionParams
        from lightkube.core.exceptions import ConfigError
    except ImportError:
        raise PbxError(
            "this installation of pbx cannot speak to Kubernetes", "install it as `pbx-provisioner[kubernetes]`"
        ) from None
    try:
        known = KubeConfig.from_env()
    except Exception as error:  # also whatever its reader of YAML raises
        raise UsageError(f"no kubeconfig can be read: {error}", "name it in KUBECONFIG") from error
    if context not in known.contexts:
        near = nearest(context, known.contexts)
        hint = f"did you mean {near}?" if near else f"known are: {', '.join(sorted(known.contexts)) or 'none'}"
        raise UsageError(f"the kubeconfig has no context {context!r}", f"{hint} The platform file names it")
    one = known.get(context)
    if one is None or one.user is None:
        raise UsageError(f"the context {context!r} of the kubeconfig names no user", "add one, then repeat")
    try:
        return Client(one, ConnectionParams(timeout=httpx2.Timeout(_SECONDS)))
    except (ConfigError, OSError, ValueError) as error:
        raise UsageError(f"the context {context!r} of the kubeconfig cannot be used: {error}", "mend it") from error
