# SPDX-License-Identifier: Apache-2.0
"""Free Spoken Digit Dataset: recordings/DIGIT_SPEAKER_INDEX.wav, 8 kHz, 16 bit, mono."""

from __future__ import annotations

import io
import wave

import numpy as np
import numpy.typing as npt

from tintin.data.public.archive import Originals
from tintin.data.public.contents import Arrays
from tintin.errors import DataError

RATE_HZ = 8000
TEST = 5  # recordings 0 to 4 of each word and speaker are the official test


def convert(files: Originals) -> Arrays:
    """All recordings one after another, in the order of their names."""
    found = files.matching(r"(\d)_([a-z]+)_(\d+)\.wav")
    if not found:
        raise DataError(f"{files.where}: no DIGIT_SPEAKER_INDEX.wav in it")
    speakers = sorted({match[2] for match in found})
    audio = [_samples(files.read(match[0]), match[0]) for match in found]
    index = np.array([int(match[3]) for match in found], np.uint8)
    return {
        "audio": np.concatenate(audio),
        "offset": np.cumsum([0, *map(len, audio)]).astype(np.int32),
        "y": np.array([int(match[1]) for match in found], np.uint8),
        "speaker": np.array([speakers.index(match[2]) for match in found], np.uint8),
        "index": index,
        "split": (index < TEST).astype(np.uint8),
        "speakers": np.array(speakers),
    }


def _samples(data: bytes, name: str) -> npt.NDArray[np.int16]:
    try:
        with wave.open(io.BytesIO(data)) as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            frames = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise DataError(f"{name}: {error}") from None
    if form != (1, 2, RATE_HZ):
        raise DataError(f"{name}: channels, bytes and rate are {form}, not (1, 2, {RATE_HZ})")
    return np.frombuffer(frames, "<i2").astype(np.int16)
