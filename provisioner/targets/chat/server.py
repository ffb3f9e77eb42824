"""`ejabberd.yml`: what holds for all tenants on the machine that carries chat. Tenants' hosts are read beside it.

Users come by TLS on port 5222 (RFC 6120), or with a browser by the web server (RFC 7395), and see nobody but their own
tenant: no other server is spoken to, and `mod_isolation` lets nothing pass between hosts. Whoever may write to the
socket of the API is root of that machine. Each tenant's host has a database file of its own, so none can read
another's and one can be exported or deleted alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.artifacts import Bundle, Line, TextFile

PATH = "ejabberd.yml"
PLACE = "files.conf"
"""A part of the service's unit."""
TMPFILES = "tmpfiles.conf"
"""For systemd-tmpfiles, which takes old files away."""
FILES = "/var/lib/pbx-chat/files"
"""A link to the folder that provider.yaml names: domain/user's hash/secret/name."""
QUOTAS = "/var/lib/pbx-chat/quotas"
"""What `chat_host` writes: a file for each domain."""
WEB_PORT = 5280
"""Where nginx of the machine itself hands over what browsers and files ask."""
SETTINGS = "/etc/pbx-chat"
PORT = 5222


@dataclass(frozen=True, slots=True)
class Files:
    """Where files that users send lie, how large one may be, and how long it stays."""

    folder: str
    largest: int
    """Bytes."""
    days: int


@dataclass(frozen=True, slots=True)
class Settings:
    """`public_address` is where users reach the machine."""

    public_address: str
    public_name: str = ""
    """The name by which they do, in addresses of files; the address where it is empty."""
    files: Files | None = None
    """None where users send no files."""


def render(settings: Settings) -> Bundle:
    handler, module = "", ""
    if settings.files:
        name = settings.public_name or settings.public_address
        handler = _FILES_HANDLER
        module = _FILES_MODULE.format(name=name, link=FILES, largest=settings.files.largest, quotas=QUOTAS)
    main = _TEXT.format(
        address=settings.public_address,
        port=PORT,
        web_port=WEB_PORT,
        settings=SETTINGS,
        files_handler=handler,
        files_module=module,
    )
    texts = {PATH: main, PLACE: "", TMPFILES: ""}
    if settings.files:
        texts[PLACE] = f"# The daemon writes nowhere else.\n[Service]\nReadWritePaths={settings.files.folder}\n"
        texts[TMPFILES] = _OLD_FILES.format(folder=settings.files.folder, days=settings.files.days)
    files = (TextFile(path, tuple(map(Line, text.splitlines()))) for path, text in texts.items() if text)
    return Bundle("", "ejabberd", tuple(files))


_FILES_HANDLER = """
      /chat-files: mod_http_upload"""

_FILES_MODULE = """
  # What a browser would run is never shown by it.
  mod_http_upload:
    put_url: "https://{name}/chat-files/@HOST@"
    docroot: "{link}/@HOST@"
    host: "upload.@HOST@"
    access: users
    max_size: {largest}
    file_mode: "0600"
    dir_mode: "0700"
    custom_headers:
      X-Content-Type-Options: nosniff
      Content-Security-Policy: "default-src 'none'; sandbox"
  mod_pbx_files: {{quotas: "{quotas}"}}"""

_OLD_FILES = """\
# Files in chat go when they have lain for so long, counted from when they were sent.
e {folder}/*/* - - - mM:{days}d
"""

_TEXT = """\
# The machine's own host, with nobody in it: a daemon without any does not start.
hosts: [localhost]
include_config_file: {settings}/hosts.yml

# No word of whom writes to whom.
loglevel: warning
certfiles: [/etc/kamailio/tls/certificate.pem, /etc/kamailio/tls/key.pem]
listen:
  - port: {port}
    ip: "{address}"
    module: ejabberd_c2s
    starttls_required: true
    max_stanza_size: 262144
    shaper: users
    access: all
    protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1]
  - port: "unix:/run/pbx-chat/api"
    module: ejabberd_http
    unix_socket: {{mode: "0600"}}
    request_handlers: {{/api: mod_http_api}}
  # nginx hands over what comes to these paths of its own address.
  - port: {web_port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /chat-page/words: ejabberd_http_ws{files_handler}
# Wrong passwords from a browser are counted by where it is.
trusted_proxies: ["127.0.0.1"]
s2s_access: none
captcha_cmd: /usr/local/lib/pbx/pbx-chat-riddle
captcha_url: "https://localhost/captcha"

default_db: sql
sql_type: sqlite
sql_database: /var/lib/pbx-chat/.localhost.sqlite3
auth_method: sql
auth_password_format: scram
disable_sasl_mechanisms: [digest-md5, X-OAUTH2]

api_permissions:
  "root of this machine": {{from: [mod_http_api], who: all, what: ["*", "!stop", "!start"]}}
  "its command line": {{from: [ejabberd_ctl], who: all, what: "*"}}
acl:
  # No user's name has a dot.
  guests: {{user_regexp: "^guest[.]"}}
  rooms: {{server_regexp: "^conference[.]"}}
access_rules:
  nobody: {{deny: all}}
  users: [{{deny: guests}}, {{allow: all}}]
  # Whose words reach somebody who does not have them in her contact list; other hosts are kept away before.
  known: [{{allow: rooms}}, {{deny: guests}}, {{allow: all}}]
shaper:
  users: {{rate: 50000, burst_size: 500000}}
shaper_rules:
  users: users
  max_user_sessions: 10
  max_user_offline_messages: 1000

modules:
  mod_admin_extra: {{}}
  mod_adhoc: {{}}
  # Guests write to rooms alone, and ask nobody to be their contact: they would have to solve a riddle first, and the
  # only one (`captcha_cmd`) cannot be solved.
  mod_block_strangers:
    {{access: known, allow_local_users: false, allow_transports: false, drop: true, captcha: true, log: false}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  # An office is behind one address: one program with an old password must not lock out all of it for an hour.
  mod_fail2ban: {{c2s_max_auth_failures: 50, c2s_auth_ban_lifetime: 10 minutes}}
  mod_http_api: {{}}{files_module}
  mod_isolation: {{}}
  mod_last: {{}}
  mod_mam: {{default: always, assume_mam_usage: true}}
  mod_muc:
    access: all
    access_admin: nobody
    # Groups that users make themselves.
    access_create: users
    access_persistent: users
    access_mam: all
    max_users: 1000
    default_room_options:
      anonymous: false
      mam: true
      members_only: true
      persistent: true
      public: false
  mod_muc_admin: {{}}
  mod_offline: {{}}
  mod_ping: {{send_pings: true, ping_interval: 60}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pbx_phones: {{}}
  mod_pubsub:
    access_createnode: users
    plugins: [flat, pep]
    force_node_config:
      # Keys of colleagues' devices, for encryption between them (XEP-0384).
      "eu.siacs.conversations.axolotl.*": {{access_model: open}}
      "urn:xmpp:omemo:2:*": {{access_model: open}}
      "storage:bookmarks": {{access_model: whitelist}}
  mod_push: {{}}
  mod_roster: {{versioning: true}}
  mod_shared_roster: {{}}
  mod_stream_mgmt: {{resend_on_timeout: if_offline}}
  mod_vcard: {{search: false}}
"""
