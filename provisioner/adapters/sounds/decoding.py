"""Audio files of every usual format as samples at the telephone's rate, by PyAV, which brings FFmpeg's decoders along.

The format is the one that the first bytes announce and no other is tried: a file can then not be a playlist that leads
elsewhere. PyAV was chosen before sox (reads no m4a), before Debian's ffmpeg (98 packages, 161 MB, none on other
systems) and before libsndfile (no m4a either): one wheel of 36 MB.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from provisioner.core.audio import HEAD, recognise

if TYPE_CHECKING:
    from ..audio.wav import Samples
else:
    Samples = Any

RATE = 8000
RUMBLE = 120
"""Hertz: what lies lower is hum and wind, which a telephone would not carry but a level would count."""
LONGEST = 3600
"""Seconds; a longer file is a mistake, and a small one may unpack to days."""


class NotDecoded(ValueError):
    """The bytes hold no audio that can be played; the message says what is wrong with them."""


def decoded(content: bytes) -> Samples:
    """Samples at `RATE`, -1…1, channels mixed, low rumble cut off."""
    import av

    form = recognise(content[:HEAD])
    if not form:
        raise NotDecoded("the file is of no audio format that is known")
    try:
        with av.open(io.BytesIO(content), format="mp4" if form == "m4a" else form) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None:
                raise NotDecoded("the file holds no sound track")
            return _samples(container, stream)
    except av.FFmpegError as error:
        raise NotDecoded(f"the file is damaged: {error.strerror}") from error


def _samples(container: Any, stream: Any) -> Samples:
    import av
    import numpy as np

    resampler = av.AudioResampler("flt", "mono", RATE)
    graph, parts, length = None, [], 0
    frames = (out for frame in (*container.decode(stream), None) for out in resampler.resample(frame))
    for frame in frames:
        if graph is None:
            graph = av.filter.Graph()
            source = graph.add_abuffer(format="flt", sample_rate=RATE, layout="mono", time_base=frame.time_base)
            graph.link_nodes(source, graph.add("highpass", f"f={RUMBLE}"), graph.add("abuffersink")).configure()
        graph.push(frame)
        parts.append(graph.pull().to_ndarray()[0])
        length += len(parts[-1])
        if length > LONGEST * RATE:
            raise NotDecoded(f"the file is longer than {LONGEST // 60} minutes")
    return np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)
