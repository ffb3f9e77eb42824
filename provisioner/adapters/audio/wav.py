"""WAV files as arrays of samples at the telephone's rate, and back.

Recordings are read while a daemon still writes them, so the sizes in the header are not believed: they are zero until
the file is closed. PCM of 16 bits, G.711 (A-law and µ-law, which voicemail may keep) and any rate are read; it is no
general audio library: other encodings are refused.
"""

from __future__ import annotations

import io
import struct
import wave
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]
else:
    Samples = Any

RATE = 8000
"""Hertz. Everything behind a telephone line is measured at this rate."""
QUIET = -50.0
"""dBFS under which a sound is taken as silence."""

_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE


class NotAudio(ValueError):
    """The bytes are no WAV file that can be measured."""


def read(wav: bytes) -> Samples:
    """Samples at `RATE`, -1…1, channels mixed; an empty or only begun file gives no samples."""
    import numpy as np

    if not wav:
        return np.zeros(0)
    encoding, channels, rate, data = _chunks(wav)
    samples = _decode(encoding, data)
    whole = len(samples) // channels * channels
    return _resample(samples[:whole].reshape(-1, channels).mean(axis=1), rate)


def write(samples: Samples) -> bytes:
    """A mono WAV file of 16 bits at `RATE`; what is louder than full scale is clipped."""
    import numpy as np

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return out.getvalue()


def _chunks(wav: bytes) -> tuple[int, int, int, bytes]:
    """Encoding, channels, rate and the data, however far it was written."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise NotAudio(f"expected a WAV file, found bytes that begin with {wav[:12]!r}")
    place, found = 12, None
    while place + 8 <= len(wav):
        name, size = wav[place : place + 4], struct.unpack_from("<I", wav, place + 4)[0]
        body = place + 8
        if name == b"fmt " and body + 16 <= len(wav):
            encoding, channels, rate = struct.unpack_from("<HHI", wav, body)
            bits = struct.unpack_from("<H", wav, body + 14)[0]
            if encoding == _EXTENSIBLE and body + 26 <= len(wav):
                encoding = struct.unpack_from("<H", wav, body + 24)[0]
            found = (encoding, bits, max(channels, 1), rate)
        if name == b"data":
            if found is None:
                raise NotAudio("expected the format before the samples of the WAV file")
            encoding, bits, channels, rate = found
            if (encoding, bits) not in {(_PCM, 16), (_ALAW, 8), (_ULAW, 8)}:
                raise NotAudio(
                    f"WAV encoding {encoding} with {bits} bits cannot be measured; expected 16-bit PCM or G.711"
                )
            finished = 0 < size <= len(wav) - body
            return encoding, channels, rate, wav[body : body + size] if finished else wav[body:]
        place = body + size + size % 2
    return _PCM, 1, RATE, b""


def _decode(encoding: int, data: bytes) -> Samples:
    import numpy as np

    if encoding == _PCM:
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2") / 32768.0
    table = _alaw_table() if encoding == _ALAW else _ulaw_table()
    return table[np.frombuffer(data, np.uint8)]


def _ulaw_table() -> Samples:
    """ITU-T G.711, table 2: 14-bit values, scaled to -1…1."""
    import numpy as np

    code = ~np.arange(256, dtype=np.int64) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.asarray(np.where(code & 0x80, -magnitude, magnitude) / 32768.0)


def _alaw_table() -> Samples:
    """ITU-T G.711, table 1: 13-bit values, scaled to -1…1."""
    import numpy as np

    code = np.arange(256, dtype=np.int64) ^ 0x55
    segment, mantissa = (code >> 4) & 7, (code & 0x0F) << 4
    magnitude = np.where(segment == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(segment - 1, 0))
    return np.asarray(np.where(code & 0x80, magnitude, -magnitude) / 32768.0)


def _resample(samples: Samples, rate: int) -> Samples:
    """Cuts or widens the spectrum: exact for what lies under 4 kHz."""
    import numpy as np

    if rate == RATE or len(samples) == 0:
        return samples
    length = round(len(samples) * RATE / rate)
    spectrum = np.fft.rfft(samples)
    wanted = np.zeros(length // 2 + 1, complex)
    kept = min(len(spectrum), len(wanted))
    wanted[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(wanted, length) * (length / len(samples)))
