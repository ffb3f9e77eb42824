"""Places of `nginx.conf` for browsers, where an edge carries chat or video: two pages, and what is asked behind them.

`/chat/<slug>/` is the page by which a tenant's users chat, `/chat-files/` is what they send each other, `/join/` the
page by which people join video rooms. Each page has a policy of its own (Content Security Policy 3) by which nothing
of another server is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass

CHAT = 5280
"""Where the chat server speaks with browsers and takes and gives files, on this machine alone."""

CHAT_PAGE = "/usr/local/share/pbx-chat-page"
"""The page by which users chat, which the role `ejabberd` lays down."""

CHAT_TENANTS = "/var/lib/pbx-chat-page"
"""What it is told of each tenant: <slug>.json, which the role `chat_tenant` lays down."""

PAGE = "/usr/local/share/pbx-join"
"""The page by which people join video rooms, which the role `livekit` lays down."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The ports, on this machine, of LiveKit's words and of the door to it, and where browsers reach the first."""

    words: int
    door: int
    path: str


_FILES = """\
        location /chat-files/ {{
            # A conversation with pictures is fetched at once.
            limit_req zone=cards burst=200 nodelay;
            # The chat server has said how large this very file may be.
            client_max_body_size {largest}m;
            proxy_pass http://127.0.0.1:{port};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            # It goes on as it comes, and does not lie here in between.
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_read_timeout 300s;
        }}
"""
HEAD = """
    # A house of people who chat, or are in one meeting, may share one address.
    limit_req_zone $binary_remote_addr zone=rooms:1m rate=50r/s;
    map $http_upgrade $upgrading {
        default upgrade;
        "" close;
    }
"""
_PAGE_MAY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


# OMEMO, by which the page encrypts, is WebAssembly, and parts of Converse.js bring styles along. Pictures that users
# send lie on this server too; nothing of any other is fetched.
_CHAT_MAY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_CHAT_HEADERS = f"""\
            limit_req zone=rooms burst=200 nodelay;
            add_header Cache-Control no-cache always;
            add_header Content-Security-Policy "{_CHAT_MAY}" always;
            add_header Referrer-Policy no-referrer always;
            add_header X-Content-Type-Options nosniff always;
"""


def chat(largest: int) -> str:
    """The page under the tenant's name, what it is told of the tenant and what it loads, and the way to the daemon;
    and the files that users send, of `largest` megabytes at most, or none."""
    files = _FILES.format(largest=largest, port=CHAT) if largest else ""
    return f"""\
        location ~ ^/chat/(?<chatting>[a-z][a-z0-9-]*)$ {{
            return 301 https://$http_host$uri/;
        }}
        location ~ ^/chat/(?<chatting>[a-z][a-z0-9-]*)/$ {{
            if (!-f {CHAT_TENANTS}/$chatting.json) {{
                return 404;
            }}
            root {CHAT_PAGE};
            default_type text/html;
            try_files /index.html =404;
{_CHAT_HEADERS}        }}
        location ~ ^/chat/([a-z][a-z0-9-]*)/tenant\\.json$ {{
            alias {CHAT_TENANTS}/$1.json;
            default_type application/json;
{_CHAT_HEADERS}        }}
        location /chat-page/ {{
            alias {CHAT_PAGE}/;
            limit_except GET {{
                deny all;
            }}
            types {{
                text/css css;
                text/javascript js;
                text/plain txt;
                application/json json;
                application/wasm wasm;
                audio/mpeg mp3;
                audio/ogg ogg;
                font/ttf ttf;
                image/svg+xml svg;
            }}
            gzip on;
            gzip_types text/css text/javascript application/json;
{_CHAT_HEADERS}        }}
        location = /chat-page/words {{
            limit_req zone=rooms burst=200 nodelay;
            proxy_pass http://127.0.0.1:{CHAT};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $upgrading;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_read_timeout 1h;
        }}
{files}"""


def meetings(rooms: Rooms) -> str:
    """The page, the door behind it, and the way to LiveKit's words: to those of browsers alone, not to its API."""
    return f"""\
        location /join/ {{
            alias {PAGE}/;
            limit_except GET {{
                deny all;
            }}
            types {{
                text/html html;
                text/css css;
                text/javascript js;
            }}
            limit_req zone=rooms burst=200 nodelay;
            add_header Cache-Control no-cache always;
            add_header Content-Security-Policy "{_PAGE_MAY}" always;
            add_header Permissions-Policy "camera=(self), microphone=(self), display-capture=(self)" always;
            add_header Referrer-Policy no-referrer always;
            add_header X-Content-Type-Options nosniff always;
        }}
        location /join/api/ {{
            limit_req zone=rooms burst=200 nodelay;
            client_max_body_size 16k;
            proxy_pass http://127.0.0.1:{rooms.door}/;
            proxy_http_version 1.1;
        }}
        location {rooms.path}/rtc {{
            limit_req zone=rooms burst=200 nodelay;
            proxy_pass http://127.0.0.1:{rooms.words}/rtc;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $upgrading;
            proxy_set_header Host $host;
            proxy_read_timeout 1h;
        }}
"""
