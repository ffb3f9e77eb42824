"""`show TENANT` prints one tenant's figures, `serve ADDRESS PORT` answers to Prometheus."""

from __future__ import annotations

import json
import sys
import time
from http.server import ThreadingHTTPServer

from .figures import figures
from .page import Handler


def main(words: list[str]) -> None:
    match words:
        case ["show", slug]:
            told = figures([slug])[slug]
            print(json.dumps({"tenant": slug, "time": int(time.time()), **told}, ensure_ascii=False))
        case ["serve", address, port]:
            ThreadingHTTPServer((address, int(port)), Handler).serve_forever()
        case _:
            sys.exit("usage: pbx_figures show TENANT | serve ADDRESS PORT")


if __name__ == "__main__":
    main(sys.argv[1:])
