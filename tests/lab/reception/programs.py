"""Programs of users: what the edge answers over HTTPS, which passes requests on to the core node's services."""

from __future__ import annotations

import asyncio
import base64
import json
import shlex
from collections.abc import Mapping
from types import MappingProxyType

from tests.lab.reception.reception import Reception


def asked(
    reception: Reception,
    tenant: str,
    method: str,
    path: str,
    body: str = "",
    *,
    login: str = "anna-desk",
    password: str = "",
) -> tuple[int, bytes]:
    """Status and body; `path` is below the tenant, the login a telephone's."""
    return sent(reception, tenant, method, f"/v1/tenants/{tenant}{path}", body, login=login, password=password)


def sent(
    reception: Reception,
    tenant: str,
    method: str,
    address: str,
    body: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
    *,
    login: str = "anna-desk",
    password: str = "",
) -> tuple[int, bytes]:
    """Status and body of any request to the edge; the login is that of a telephone of the tenant."""
    verification = reception.verification()
    secret = password or verification.deployment.secrets.get(f"devices/{tenant}/{login}")
    code = base64.b64encode(f"{login}:{secret}".encode()).decode()
    # Python is on every machine; a password does not stand in the list of processes.
    program = (
        "import base64, http.client, json, ssl, sys; method, path, body, head = json.load(sys.stdin);"
        "trusting = ssl.create_default_context(); trusting.check_hostname = False;"
        "trusting.verify_mode = ssl.CERT_NONE;"
        f"link = http.client.HTTPSConnection('{verification.edge}', timeout=10, context=trusting);"
        "link.request(method, path, body.encode(), head); answer = link.getresponse();"
        "print(json.dumps([answer.status, base64.b64encode(answer.read()).decode()]))"
    )
    wanted = json.dumps([method, address, body, {**headers, "Authorization": f"Basic {code}"}])
    told = asyncio.run(verification.shell("phones").run(f"python3 -c {shlex.quote(program)}", wanted.encode()))
    status, found = json.loads(told)
    return status, base64.b64decode(found)
