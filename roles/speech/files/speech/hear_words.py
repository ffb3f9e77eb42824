#!/usr/bin/python3
"""Which of a few expressions was said? The recogniser that a core node has by itself, without any network.

Standard input: one line of JSON, `{"language": "sv", "rate": 8000, "expressions": {id: [text, …]}}`, then the speech
as signed 16-bit little-endian samples up to the end. Standard output: one line of JSON, `{"id": …, "score": 0 … 100}`;
an empty id where nothing was made out. Another recogniser that speaks like this can take its place.

espeak-ng says how each text is pronounced in its language, and the sounds are put into those of the only acoustic
model that Debian packages, an English one: pocketsphinx then chooses among the texts. The score says how much better
the best text explains the speech than any string of sounds would; it does not depend on how many texts there are.
One process for each answer: whatever a text or a noise does to the library ends with it.
"""

from __future__ import annotations

import array
import ctypes
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

MODEL = "/usr/share/pocketsphinx/model/en-us"
RATE = 16000
LOUDEST = 16000
"""Peak that speech is brought to, of 32768."""
NOISES = (60, 160)
"""Deviations of the noise that fills the upper half of the band, which telephones cut off and the model expects."""
SURE, UNSURE = 2.0, -10.0
"""Score for each frame, against any string of sounds: what counts as 100, and as 0."""
CLEAR = 60
"""A score that needs no second thought."""
POLITE = 20
"""What the score of a whole sentence is lowered by: it fits more of what was never said."""
BEAM = 1e-90
SECONDS = 5

LEADS: Mapping[str, tuple[str, ...]] = {
    "sv": ("hej", "jag söker", "jag vill tala med", "jag vill prata med", "kan jag få tala med", "hej jag söker"),
    "en": ("hello", "I am looking for", "I would like to speak to", "can I speak to", "could I speak to"),
}
TAILS: Mapping[str, tuple[str, ...]] = {"sv": ("tack",), "en": ("please", "thank you")}
"""What people say around the word that counts."""

# IPA as espeak-ng writes it → the phones of CMU's dictionary, the nearest where English has no such sound.
PHONES: Mapping[str, str] = {
    "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY", "ɪə": "IY AH",
    "iə": "IY AH", "eə": "EH R", "ʊə": "UH R", "sx": "SH",
    "iː": "IY", "i": "IY", "ɪ": "IH", "ᵻ": "IH", "yː": "IY", "y": "IH", "ʏ": "IH", "ʉː": "UW", "ʉ": "UW", "ɵ": "UH",
    "uː": "UW", "u": "UW", "ʊ": "UH", "eː": "EY", "e": "EH", "ɛː": "EH", "ɛ": "EH", "æː": "AE", "æ": "AE", "a": "AA",
    "aː": "AA", "ɐ": "AH", "ʌ": "AH", "ə": "AH", "øː": "ER", "ø": "ER", "œː": "ER", "œ": "ER", "ɜː": "ER", "ɜ": "ER",
    "ɚ": "ER", "oː": "AO", "o": "AO", "ɔː": "AO", "ɔ": "AO", "ɒ": "AA", "ɑː": "AA", "ɑ": "AA",
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G", "f": "F", "v": "V", "s": "S", "z": "Z",
    "ʃ": "SH", "ʒ": "ZH", "ʂ": "SH", "ɧ": "SH", "ɕ": "SH", "ç": "SH", "x": "HH", "θ": "TH", "ð": "DH", "h": "HH",
    "m": "M", "n": "N", "ɳ": "N", "ŋ": "NG", "l": "L", "ɭ": "L", "ɫ": "L", "r": "R", "ɹ": "R", "ʁ": "R", "ɾ": "D",
    "ɽ": "R", "j": "Y", "w": "W", "ʈ": "T", "ɖ": "D",
}  # fmt: skip
_SOUNDS = re.compile("|".join(sorted(PHONES, key=len, reverse=True)))


def phones(ipa: str) -> str:
    """`f ˈœ ʂ` as `F ER SH`; what is no sound (stress, pauses) is left out."""
    return " ".join(PHONES[found] for found in _SOUNDS.findall(ipa))


def pronounced(texts: list[str], language: str) -> list[list[str]]:
    """The phones of each word of each text, by one run of espeak-ng."""
    words = sorted({word for text in texts for word in text.split()})
    said = subprocess.run(
        ["espeak-ng", "-q", "--ipa", "-v", language.lower(), "--stdin"],
        # A line of its own for each word, ended like a sentence, or neighbours would change how it is said.
        input="".join(f"{word}.\n\n" for word in words), capture_output=True, text=True, timeout=SECONDS, check=True,
    ).stdout  # fmt: skip
    lines = [line for line in said.splitlines() if line.strip()]
    if len(lines) != len(words):  # a word that is read as several lines, or as none: ask one by one
        lines = [_alone(word, language) for word in words]
    sounds = dict(zip(words, map(phones, lines), strict=True))
    return [[sounds[word] for word in text.split() if sounds[word]] for text in texts]


def _alone(word: str, language: str) -> str:
    command = ["espeak-ng", "-q", "--ipa", "-v", language.lower(), "--stdin"]
    # The end of the line: Ubuntu's espeak-ng leaves the last character unread.
    said = subprocess.run(command, input=f"{word}\n", capture_output=True, text=True, timeout=SECONDS, check=True)
    return said.stdout


@dataclass(frozen=True)
class Heard:
    """The tokens of the best way through the grammar, and its score for each frame against any string of sounds."""

    tokens: str
    score: float


class Engine:
    """libpocketsphinx, as far as it is needed; `settings` are its own by their names."""

    def __init__(self, settings: Mapping[str, str], *, beam: float | None = None, best_path: bool = True) -> None:
        self._library = ctypes.CDLL("libpocketsphinx.so.5")
        for name in ("ps_config_init", "ps_init", "ps_config_set_str", "ps_config_set_float", "ps_config_set_bool"):
            getattr(self._library, name).restype = ctypes.c_void_p
        self._library.ps_get_hyp.restype = ctypes.c_char_p
        self._library.err_set_loglevel(4)
        chosen = ctypes.c_void_p(self._library.ps_config_init(None))
        for key, text in {"hmm": f"{MODEL}/en-us", **settings}.items():
            self._library.ps_config_set_str(chosen, key.encode(), text.encode())
        for key in ("beam", "pbeam", "wbeam") if beam else ():
            self._library.ps_config_set_float(chosen, key.encode(), ctypes.c_double(beam))
        self._library.ps_config_set_bool(chosen, b"bestpath", int(best_path))
        self._decoder = ctypes.c_void_p(self._library.ps_init(chosen))
        if not self._decoder.value:
            raise SystemExit("pocketsphinx does not start: is pocketsphinx-en-us installed?")

    def search(self, samples: bytes) -> tuple[str, int, int]:
        """What was heard, its score, and how many frames it lasted."""
        library, decoder = self._library, self._decoder
        self._must(library.ps_start_utt(decoder))
        library.ps_process_raw(decoder, samples, ctypes.c_size_t(len(samples) // 2), 0, 1)
        self._must(library.ps_end_utt(decoder))
        score = ctypes.c_int32(0)
        found = library.ps_get_hyp(decoder, ctypes.byref(score)) or b""
        return found.decode(), score.value, library.ps_get_n_frames(decoder)

    @staticmethod
    def _must(result: int) -> None:
        if result < 0:
            raise SystemExit("pocketsphinx refuses the words")


class Decoder(Engine):
    """Chooses among the texts of a grammar."""

    def __init__(self) -> None:
        # The lattice's own search prefers short words here.
        super().__init__({"dict": "/dev/null"}, beam=BEAM, best_path=False)
        self._must(self._library.ps_add_allphone_file(self._decoder, b"any", f"{MODEL}/en-us-phone.lm.bin".encode()))

    def words(self, words: Mapping[str, str]) -> None:
        for token, sounds in words.items():
            self._must(self._library.ps_add_word(self._decoder, token.encode(), sounds.encode(), 0))

    def grammar(self, name: str, rule: str) -> None:
        rules = f"#JSGF V1.0;\ngrammar {name};\npublic <all> = {rule};\n"
        self._must(self._library.ps_add_jsgf_string(self._decoder, name.encode(), rules.encode()))

    def hear(self, grammar: str, samples: bytes) -> Heard:
        """How well the grammar explains the samples."""
        tokens, best, frames = self._search(grammar.encode(), samples)
        _, any_sounds, _ = self._search(b"any", samples)
        return Heard(tokens, (best - any_sounds) / max(frames, 1) if tokens else UNSURE)

    def _search(self, name: bytes, samples: bytes) -> tuple[str, int, int]:
        self._must(self._library.ps_activate_search(self._decoder, name))
        return self.search(samples)


class Grammar:
    """What may be said. Each text ends in a token of its own, `t<number>`, that tells it apart."""

    def __init__(self, texts: list[list[str]], leads: list[list[str]], tails: list[list[str]]) -> None:
        self.words: dict[str, str] = {}
        self._known: dict[str, str] = {}
        said = " | ".join(self._told(parts, f"t{index}") for index, parts in enumerate(texts) if parts)
        before, after = " | ".join(map(self._told, leads)), " | ".join(map(self._told, tails))
        self.plain = f"({said})"
        self.polite = f"({before}) ({said}) [{after}] | ({said}) ({after})" if leads and tails else ""

    def _told(self, parts: list[str], last: str = "") -> str:
        tokens = []
        for sounds in parts[:-1] if last else parts:
            tokens.append(self._known.setdefault(sounds, f"w{len(self._known)}"))
            self.words[tokens[-1]] = sounds
        if last:
            tokens.append(last)
            self.words[last] = parts[-1]
        return " ".join(tokens)


def prepared(samples: bytes, rate: int, noise: int) -> bytes:
    """The speech at the model's rate and usual level, with a little noise where the telephone has cut it off."""
    narrow = array.array("h", samples[: len(samples) // 2 * 2])
    gain = LOUDEST / max(max(map(abs, narrow), default=1), 500)
    draw = random.Random(len(narrow))
    wide = array.array("h")
    for sample in narrow:
        for _ in range(RATE // rate):
            wide.append(int(max(-32768, min(32767, sample * gain + draw.gauss(0, noise)))))
    return wide.tobytes()


@dataclass(frozen=True)
class Answer:
    """Whose text was heard (empty: nobody's), and how sure that is, 0 to 100."""

    id: str
    score: int


def decide(heard: list[Heard], owners: list[str]) -> Answer:
    """The better of several hearings; where they differ in what was said, nobody can be sure."""
    found = [(each.score, owner) for each in heard if (owner := owner_of(each.tokens, owners))]
    if not found:
        return Answer("", 0)
    score, best = max(found)
    if len({owner for _, owner in found}) > 1:
        score = (score + UNSURE) / 2
    return Answer(best, round(100 * min(1.0, max(0.0, (score - UNSURE) / (SURE - UNSURE)))))


def owner_of(tokens: str, owners: list[str]) -> str:
    numbers = [int(token[1:]) for token in tokens.split() if token.startswith("t")]
    return owners[numbers[0]] if numbers else ""


def recognise(question: Mapping[str, object], samples: bytes) -> Answer:
    language, rate = str(question["language"]), int(str(question["rate"]))
    pairs = list(_pairs(question["expressions"]))
    texts = [text for _, text in pairs]
    leads, tails = LEADS.get(language[:2], ()), TAILS.get(language[:2], ())
    sounds = pronounced([*texts, *leads, *tails], language)
    cut = len(texts) + len(leads)
    allowed = Grammar(sounds[: len(texts)], sounds[len(texts) : cut], sounds[cut:])
    decoder = Decoder()
    decoder.words(allowed.words)
    decoder.grammar("plain", allowed.plain)
    owners, noisy = [owner for owner, _ in pairs], [prepared(samples, rate, noise) for noise in NOISES]
    answer = decide([decoder.hear("plain", each) for each in noisy], owners)
    if answer.score >= CLEAR or not allowed.polite:
        return answer
    # Whole sentences are listened for only where the word alone does not explain what was said: they also explain
    # more of what was not.
    decoder.grammar("polite", allowed.polite)
    polite = decide([decoder.hear("polite", each) for each in noisy], owners)
    return max(answer, Answer(polite.id, max(0, polite.score - POLITE)), key=lambda each: each.score)


def _pairs(expressions: object) -> Iterator[tuple[str, str]]:
    assert isinstance(expressions, dict)
    for owner, texts in expressions.items():
        yield from ((str(owner), str(text)) for text in texts)


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.readline())
    print(json.dumps(asdict(recognise(asked, sys.stdin.buffer.read()))))
