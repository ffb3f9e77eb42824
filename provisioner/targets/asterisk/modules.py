"""The modules that a core node loads: what our dialplan speaks and nothing more.

Asterisk loads no other (`autoload=no`), so a function that reaches the system (SHELL, FILE, CURL, ENV) is not there
to be called, whatever a name or a telephone sends. The link step holds each tenant's steps against `APPLICATIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping

_BUILT_IN = (
    "Answer", "BackGround", "Background", "Bridge", "Busy", "Congestion", "ExecIfTime", "Goto", "GotoIf", "GotoIfTime",
    "Hangup", "MSet", "NoOp", "Proceeding", "Progress", "RaiseException", "Ringing", "SayAlpha", "SayDigits",
    "SayNumber", "Set", "Wait", "WaitDigit", "WaitExten",
)  # fmt: skip

_BY_MODULE: Mapping[str, tuple[str, ...]] = {
    "app_channelredirect": ("ChannelRedirect",),
    "app_celgenuserevent": ("CELGenUserEvent",),
    "app_confbridge": ("ConfBridge",),
    "app_controlplayback": ("ControlPlayback",),
    "app_db": ("DBdel", "DBdeltree"),
    "app_dial": ("Dial", "RetryDial"),
    "app_directed_pickup": ("Pickup",),
    "app_echo": ("Echo",),
    "app_exec": ("ExecIf",),
    "app_mixmonitor": ("MixMonitor", "StopMixMonitor"),
    "app_originate": ("Originate",),
    "app_playback": ("Playback",),
    "app_playtones": ("PlayTones", "StopPlayTones"),
    "app_queue": (
        "AddQueueMember", "PauseQueueMember", "Queue", "QueueLog", "RemoveQueueMember", "UnpauseQueueMember",
    ),
    "app_read": ("Read",),
    "app_record": ("Record",),
    "app_sayunixtime": ("DateTime", "SayUnixTime"),
    "app_senddtmf": ("SendDTMF",),
    "app_softhangup": ("SoftHangup",),
    "app_speech_utils": ("SpeechBackground", "SpeechCreate", "SpeechDestroy"),
    "app_stack": ("Gosub", "GosubIf", "Return", "StackPop"),
    "app_transfer": ("Transfer",),
    "app_userevent": ("UserEvent",),
    "app_verbose": ("Log", "Verbose"),
    "app_voicemail": ("VMAuthenticate", "VMSayName", "VoiceMail", "VoiceMailMain"),
    # Starts programs; the link step lets it start those of `PROGRAMS` alone.
    "res_agi": ("AGI",),
    "res_fax": ("ReceiveFAX", "SendFAX"),
    "app_while": ("ContinueWhile", "EndWhile", "ExitWhile", "While"),
    "res_musiconhold": ("MusicOnHold", "StartMusicOnHold", "StopMusicOnHold"),
}  # fmt: skip

APPLICATIONS: Mapping[str, str] = {
    **dict.fromkeys(_BUILT_IN, ""),
    **{name: module for module, names in _BY_MODULE.items() for name in names},
}
"""application → the module that brings it; empty for the core's own."""

RECORDED_PROMPTS = "/usr/local/libexec/pbx/recorded_prompts.py"
"""Measures, keeps and throws away what users record in place of prompts."""

RECORDINGS = "/usr/local/libexec/pbx/recordings.py"
"""Seals recorded calls as they end."""

SEAL = f"{RECORDINGS} keep ^{{MIXMONITOR_FILENAME}}"
"""What MixMonitor has a shell run when a part ends. The file's name holds letters, digits and `+-_./` alone."""

PROGRAMS = (RECORDED_PROMPTS, RECORDINGS)
"""Everything that the dialplan may start on a core node."""

_FUNCTIONS = (
    "func_base64", "func_blacklist", "func_callerid", "func_cdr", "func_channel", "func_cut", "func_db",
    "func_devstate", "func_dialplan", "func_extstate", "func_global", "func_groupcount", "func_hangupcause",
    "func_lock", "func_logic", "func_math", "func_md5", "func_pjsip_aor", "func_pjsip_contact",
    "func_pjsip_endpoint", "func_presencestate", "func_rand", "func_realtime", "func_sha1", "func_sprintf",
    "func_strings", "func_timeout", "func_uri", "func_uuid", "func_vmcount", "func_volume",
)  # fmt: skip

# Not bridge_native_rtp: where a key is still pressed as two are joined, it sends on first what Asterisk numbered, then
# the caller's own packets with the caller's numbers under the same source. Jitter buffers take those for old ones and
# SRTP for a replay: the telephone stays silent.
_MEDIA = (
    "bridge_builtin_features", "bridge_builtin_interval_features", "bridge_holding", "bridge_simple",
    "bridge_softmix", "codec_a_mu", "codec_alaw", "codec_g722", "codec_resample", "codec_ulaw", "format_gsm",
    "codec_gsm", "format_pcm", "format_sln", "format_wav", "format_wav_gsm", "res_rtp_asterisk", "res_timing_timerfd",
)  # fmt: skip

# The authenticator challenges strangers: without it Asterisk takes everybody's word.
_SIP = (
    "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_sorcery_realtime", "res_pjproject",
    "res_pjsip", "res_pjsip_authenticator_digest", "res_pjsip_session", "res_pjsip_sdp_rtp", "res_pjsip_pubsub",
    "res_pjsip_outbound_publish", "res_pjsip_exten_state", "res_pjsip_dialog_info_body_generator", "res_pjsip_mwi",
    "res_pjsip_mwi_body_generator",
    "res_pjsip_caller_id", "res_pjsip_diversion",
    "res_pjsip_dtmf_info", "res_pjsip_empty_info", "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_header_funcs", "res_pjsip_logger", "res_pjsip_nat", "res_pjsip_refer",
    "res_pjsip_rfc3326", "res_pjsip_dlg_options", "res_pjsip_t38", "chan_pjsip",
)  # fmt: skip

# A caller's voice to the recogniser on the loopback; the HTTP module is a client only, its server stays off.
_SPEECH = ("res_http_websocket", "res_aeap", "res_speech", "res_speech_aeap")

_ENGINE = ("res_fax_spandsp", "res_config_sqlite3", "res_cdrel_custom", "cel_custom", "pbx_config", "res_clioriginate")

MODULES: tuple[str, ...] = (*_SIP, *_MEDIA, *_FUNCTIONS, *_SPEECH, *sorted(_BY_MODULE), *_ENGINE)
"""Every module of a core node, without its suffix, in the order of modules.conf."""
