"""Synthesised voices: espeak-ng in many accents and variants, flite and festival (Debian packages `flite`, `festival`,
`festvox-kallpc16k`, `festvox-kdlpc16k`, `festvox-us-slt-hts`).

The voices of `HELD_OUT` and of the bench are never trained on.
"""

import ctypes
import random
import subprocess
import tempfile
import wave
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bakame.providers.local import espeak

ACCENTS = ("en-us", "en", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc")
HELD_OUT_VARIANTS = ("m5", "f5", "m2", "m4", "f4", "m6", "Andy", "linda", "Michael", "belinda", "klatt4", "Annie")
VARIANTS = (
    *("", "Alex", "Alicia", "Andrea", "Denis", "Diogo", "Gene", "Gene2", "Henrique", "Hugo", "Jacky", "Lee", "Marco"),
    *(
        "Mario",
        "Mike",
        "Mr serious",
        "Nguyen",
        "Reed",
        "Storm",
        "adam",
        "anika",
        "antonio",
        "aunty",
        "benjamin",
        "boris",
    ),
    *(
        "caleb",
        "david",
        "ed",
        "edward",
        "edward2",
        "f1",
        "f2",
        "f3",
        "gustave",
        "ian",
        "iven",
        "iven2",
        "iven3",
        "iven4",
    ),
    *("john", "kaukovalta", "klatt", "klatt2", "klatt3", "klatt5", "klatt6", "m1", "m3", "m7", "m8", "marcelo", "max"),
    *("michel", "miguel", "mike2", "norbert", "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby"),
    *("steph", "steph2", "steph3", "travis", "victor", "zac", "grandma", "grandpa", "announcer"),
)
FLITE = ("kal", "kal16", "awb", "slt", "rms")
FESTIVAL = ("ked_diphone", "cmu_us_slt_arctic_hts")
_AS_SPOKEN_IN_RWANDA = {
    "zero": "ziro", "one": "wani", "two": "tu", "three": "siri", "four": "foo", "five": "fayivu", "six": "sikisi",
    "seven": "seveni", "eight": "eyiti", "nine": "nayini", "ten": "teni", "yes": "yesi", "stop": "sitopu",
    "help": "helepu", "eleven": "ileveni", "twelve": "tuwelevu", "twenty": "tuwenti", "repeat": "ripiti",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    voice: str
    rate_hz: int
    sound: NDArray[np.int16]


def espeak_says(texts: Sequence[str], *, english: Container[str], seed: int, held_out: bool = False) -> Iterator[Said]:
    """Words that are not `english` are names, often read by the voice of Swahili, whose letters sound alike."""
    library, rng = espeak.load(), random.Random(seed)
    for text in texts:
        variant = rng.choice(HELD_OUT_VARIANTS if held_out else VARIANTS)
        accent, said = rng.choices(ACCENTS, (4, 4, 2, 1, 1, 1, 2, 2))[0], text
        if text in _AS_SPOKEN_IN_RWANDA and rng.random() < 0.08:
            accent, said = "sw", _AS_SPOKEN_IN_RWANDA[text]
        elif " " not in text and text not in english and rng.random() < 0.4:
            accent = "sw"
        voice = f"{accent}+{variant}" if variant else accent
        bare = library._library  # pyright: ignore[reportPrivateUsage]
        bare.espeak_SetVoiceByName(voice.encode())
        bare.espeak_SetParameter(3, rng.randrange(15, 90), 0)  # pitch
        bare.espeak_SetParameter(4, rng.randrange(10, 90), 0)  # range of pitch
        pcm = espeak_sound(library, said, voice, rng.randrange(90, 230))
        yield Said(text, voice, library.rate_hz, pcm)


def espeak_sound(library: espeak.Espeak, text: str, voice: str, rate: int) -> NDArray[np.int16]:
    blocks = library.say(text, voice=voice, words_per_minute=rate, volume=70, pause=False)
    return np.frombuffer(b"".join(block.audio for block in blocks), "<i2").astype(np.int16)


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _Voice(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


def flite_says(texts: Sequence[str], *, voice: str, seed: int) -> Iterator[Said]:
    flite = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
    for part in ("libflite_cmulex.so.1", "libflite_usenglish.so.1"):
        ctypes.CDLL(part, mode=ctypes.RTLD_GLOBAL)
    register = getattr(ctypes.CDLL(f"libflite_cmu_us_{voice}.so.1"), f"register_cmu_us_{voice}")
    register.restype = flite.flite_text_to_wave.restype = ctypes.c_void_p
    flite.flite_text_to_wave.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    flite.feat_set_float.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float)
    flite.delete_wave.argtypes = (ctypes.c_void_p,)
    flite.flite_init()
    handle, rng = register(None), random.Random(seed)
    features = _Voice.from_address(handle).features
    for text in texts:
        flite.feat_set_float(features, b"duration_stretch", rng.uniform(0.7, 1.5))
        flite.feat_set_float(features, b"int_f0_target_mean", rng.uniform(85, 220))
        flite.feat_set_float(features, b"int_f0_target_stddev", rng.uniform(6, 30))
        pointer = flite.flite_text_to_wave(text.encode(), handle)
        made = _Wave.from_address(pointer)
        pcm = np.ctypeslib.as_array(made.samples, (made.num_samples,)).copy()
        rate = made.sample_rate
        flite.delete_wave(pointer)
        yield Said(text, f"flite-{voice}", rate, pcm)


def festival_says(texts: Sequence[str], *, voice: str, seed: int) -> Iterator[Said]:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{voice})"]
        for number, text in enumerate(texts):
            lines.append(f"(Parameter.set 'Duration_Stretch {rng.uniform(0.7, 1.4):.2f})")
            lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{text}")) "{folder}/{number}.wav" \'riff)')
        script = Path(folder) / "script.scm"
        script.write_text("\n".join(lines))
        subprocess.run(["festival", "-b", str(script)], check=False, capture_output=True, timeout=1_500)  # noqa: S607
        for number, text in enumerate(texts):
            path = Path(folder) / f"{number}.wav"
            if not path.exists():
                continue
            with wave.open(str(path), "rb") as file:
                pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
                yield Said(text, f"festival-{voice}", file.getframerate(), pcm)
