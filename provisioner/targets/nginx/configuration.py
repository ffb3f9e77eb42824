"""`nginx.conf` of one edge node, whole: nothing that the package enables is left in force.

Four things are served, over TLS alone, and more where the node carries chat or video (`pages`). `/devices/` are the
settings of telephones: the address of a file is as good as the password in it, so no request is logged.
`/v1/tenants/<slug>/` are services of the tenant's core node, and `/contacts/<slug>/` are the contact books there over
CardDAV, once the node has said whose login it is; `/.well-known/carddav` leads programs to them that log in as
`anna-desk@klinik`.
LDAP goes on to the daemon with the tenants' contact books.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.core import books
from provisioner.core.artifacts import Bundle, Line, TextFile

from . import pages

DEVICES = "/var/lib/pbx-devices"
"""What the role `web_devices` fills: <tenant>/<secret>/<file>."""

SERVICE_PORT = 8470
"""Where a core node's services listen, on its private address."""

CARDS_PORT = 8471
"""Where a core node's CardDAV server listens, on its private address; it believes what `X-Remote-User` says."""

BOOKS = 3890
"""Where the role `ldap` answers them, on this machine alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The node's address towards users, and the core nodes behind it."""

    public_address: str
    core: str
    """Address of the core node of every tenant that is not named."""
    cores: Mapping[str, str] = field(default_factory=dict)
    """Tenants that live elsewhere → address of their core node."""
    chat: bool = False
    """Whether this edge carries chat."""
    largest_file: int = 0
    """Megabytes of the largest file that users send in chat; 0 where they send none."""
    rooms: pages.Rooms | None = None
    """Video rooms, where this edge carries them."""


def render(settings: Settings) -> Bundle:
    elsewhere = "".join(f"        {slug} {address};\n" for slug, address in sorted(settings.cores.items()))
    places = pages.chat(settings.largest_file) if settings.chat else ""
    places += pages.meetings(settings.rooms) if settings.rooms else ""
    text = f"""\
user www-data;
worker_processes auto;
pid /run/nginx.pid;
worker_rlimit_nofile 16384;
error_log /var/log/nginx/error.log crit;

# A package of its own; the files by which packages are put in force are not read here.
load_module modules/ngx_stream_module.so;

events {{
    # Who chats with a browser keeps two open.
    worker_connections 8192;
}}

http {{
    server_tokens off;
    # Addresses of settings are secrets.
    access_log off;
    log_not_found off;
    types {{
        application/xml xml;
        text/plain cfg txt;
    }}
    # Nobody finds a secret by trying.
    limit_req_zone $binary_remote_addr zone=asked:1m rate=10r/s;
    # Programs fetch and write hundreds of cards one by one.
    limit_req_zone $binary_remote_addr zone=cards:1m rate=50r/s;
    limit_req_status 429;

    map $uri $tenant {{
        default "";
        "~^/(v1/tenants|contacts)/(?<named>[a-z][a-z0-9-]*)(/|$)" $named;
    }}
    # A program that knows the edge's name alone says whose it is: anna-desk@klinik.
    map $remote_user $said {{
        default "";
        "~^[^@]+@(?<slug>[a-z][a-z0-9-]*)$" $slug;
    }}
    map $tenant $core {{
        default {settings.core};
{elsewhere}    }}
{pages.HEAD if places else ""}
    server {{
        listen {settings.public_address}:443 ssl;
        http2 on;
        ssl_certificate /etc/kamailio/tls/certificate.pem;
        ssl_certificate_key /etc/kamailio/tls/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        limit_req zone=asked burst=50 nodelay;

        location /devices/ {{
            alias {DEVICES}/;
            limit_except GET {{
                deny all;
            }}
            default_type text/plain;
            add_header Cache-Control no-store always;
        }}
        location /v1/ {{
            proxy_pass http://$core:{SERVICE_PORT};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
        }}
        location /contacts/ {{
            # Noted before the question, which has a path of its own.
            set $whose $tenant;
            set $home $core;
            auth_request /reader;
            auth_request_set $reader $upstream_http_x_pbx_reader;
            error_page 500 =503 @later;
            limit_req zone=cards burst=200 nodelay;
            client_max_body_size 1m;
            proxy_pass http://$home:{CARDS_PORT};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Authorization "";
            proxy_set_header X-Remote-User $reader;
            proxy_set_header X-Script-Name /contacts/$whose;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Host $host;
            proxy_set_header X-Forwarded-Proto https;
        }}
        # Where contact books are (RFC 6764). It says nothing that was not said to it.
        location = /.well-known/carddav {{
            if ($said = "") {{
                add_header WWW-Authenticate 'Basic realm="pbx", charset="UTF-8"' always;
                return 401;
            }}
            return 301 https://$http_host/contacts/$said/;
        }}
        location = /reader {{
            internal;
            proxy_pass http://$home:{SERVICE_PORT}/v1/tenants/$whose/reader;
            proxy_http_version 1.1;
            proxy_method GET;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
        # It could not be asked, or too many wrong passwords came from there.
        location @later {{
            add_header Retry-After 60 always;
            return 503;
        }}
{places}        location / {{
            return 404;
        }}
    }}
}}

stream {{
    # A house of telephones may share one address; nobody holds all connections.
    limit_conn_zone $binary_remote_addr zone=books:1m;

    server {{
        listen {settings.public_address}:{books.PORT} ssl;
        ssl_certificate /etc/kamailio/tls/certificate.pem;
        ssl_certificate_key /etc/kamailio/tls/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        limit_conn books 200;
        proxy_connect_timeout 3s;
        proxy_timeout 60s;
        proxy_pass 127.0.0.1:{BOOKS};
    }}
}}
"""
    return Bundle("", "nginx", (TextFile("nginx.conf", tuple(map(Line, text.splitlines()))),))
