"""What a pod tells whoever asks: whether it has caught up, what it runs, and the same as figures for Prometheus."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .loop import Loop

PORT = 8080


def page(loop: Loop, path: str) -> tuple[int, str, str]:
    """Code, type and text of the answer."""
    if path == "/healthz":
        return (200, "text/plain", "ok\n") if loop.caught_up else (503, "text/plain", "catching up\n")
    if path == "/status":
        return 200, "application/json", json.dumps(loop.answers, sort_keys=True)
    if path == "/metrics":
        refused = sum("error" in each for each in loop.answers.values())
        return 200, "text/plain; version=0.0.4", _FIGURES.format(tenants=len(loop.answers), refused=refused)
    return 404, "text/plain", "there are /healthz, /status and /metrics\n"


_FIGURES = """\
# HELP pbx_tenants Tenants that the node was told to run.
# TYPE pbx_tenants gauge
pbx_tenants {tenants}
# HELP pbx_tenants_refused Tenants of whom the daemon refused the last bundle.
# TYPE pbx_tenants_refused gauge
pbx_tenants_refused {refused}
"""


def serve(loop: Loop, port: int = PORT) -> ThreadingHTTPServer:
    """Answers in a thread of its own from now on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, kind, text = page(loop, self.path)
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *arguments: object) -> None:
            """A probe every ten seconds is no news."""

    server = ThreadingHTTPServer(("", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
