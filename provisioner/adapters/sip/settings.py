"""The files of one baresip: its configuration and its account.

Facts of baresip 1.1 that shape them:
- It also opens the port after its own for TLS, so agents lie `SPACING` ports apart.
- A source of another sample rate than the codec's, switched to in a call, comes out as noise; so all sounds have
  8 kHz and the sine generator, which knows 48 kHz only, is not used.
- A call ends when its sound file does; so every sound is followed by `LONGEST` seconds of silence.
- An account that does not register takes calls for any user, but only where the host of the called address is the
  address of the interface that it knows as its own.
- In a file its status line and its trace are written in blocks; `stdbuf` makes them lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.ports.sip import AgentError, AgentSpec

ROOT = "/run/pbx-agents"
SILENCE = f"{ROOT}/silence.wav"
LONGEST = 300
"""Seconds that one sound, and with it a call in which nothing else is played, can last."""
SPACING = 10


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the `index`-th agent of a machine listens."""

    sip: int
    control: int
    media: int

    @classmethod
    def numbered(cls, index: int, sip: int = 0) -> Ports:
        return cls(sip or 20000 + index * SPACING, 17000 + index, 30000 + index * 20)


def folder(name: str) -> str:
    return f"{ROOT}/{name}"


def configuration(spec: AgentSpec, ports: Ports, address: str, control_address: str) -> str:
    """`@INTERFACE@` stays for the machine to fill in: only it knows the name."""
    lines = (
        "poll_method epoll",
        f"sip_listen {address}:{ports.sip}",
        "net_interface @INTERFACE@",
        "call_local_timeout 300",
        "call_max_calls 20",
        "call_hold_other_calls no",
        f"audio_path {folder(spec.name)}",
        f"audio_player aufile,{folder(spec.name)}/call-0.wav",
        f"audio_source aufile,{SILENCE}",
        "audio_alert aufile,/dev/null",
        f"rtp_ports {ports.media}-{ports.media + 18}",
        "jitter_buffer_type fixed",
        "jitter_buffer_delay 2-10",
        "module_path /usr/lib/baresip/modules",
        "module g711.so",
        "module srtp.so",
        "module aufile.so",
        "module_tmp account.so",
        "module_app menu.so",
        "module_app debug_cmd.so",
        "module_app ctrl_tcp.so",
        f"ctrl_tcp_listen {control_address}:{ports.control}",
        "statmode_default off",
        "menu_clean_number no",
        "ringback_disabled yes",
        "ring_aufile none",
        "callwaiting_aufile none",
        "ringback_aufile none",
        "notfound_aufile none",
        "busy_aufile none",
        "error_aufile none",
    )
    return "".join(f"{line}\n" for line in lines)


def account(spec: AgentSpec, ports: Ports, address: str) -> str:
    """The line of the accounts file; it holds the password, so the file is for its owner only."""
    domain, transport = spec.domain or f"{address}:{ports.sip}", "tls" if spec.secure else "udp"
    parts = [f"<sip:{spec.user}@{domain};transport={transport}>", "answermode=manual", f"regint={spec.expires}"]
    if spec.display_name:
        parts[0] = f'"{_plain(spec, "display name", spec.display_name)}" {parts[0]}'
    if spec.password:
        parts += [f"auth_user={spec.user}", f"auth_pass={_plain(spec, 'password', spec.password)}"]
    if spec.secure:
        parts.append("mediaenc=srtp-mand")
    if spec.proxy:
        parts.append(f'outbound="sip:{spec.proxy};transport={transport}"')
    return f"{';'.join(parts)}\n"


def _plain(spec: AgentSpec, what: str, value: str) -> str:
    """baresip knows no escapes in its accounts file."""
    bad = sorted({sign for sign in value if sign in '";<>' or ord(sign) < 32})
    if bad:
        raise AgentError(
            f"the {what} of agent {spec.name} holds {' '.join(map(repr, bad))}, which baresip cannot take",
            f"give a {what} without quotes, semicolons, angle brackets and control characters",
        )
    return value
