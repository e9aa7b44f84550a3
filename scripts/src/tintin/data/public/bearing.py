# SPDX-License-Identifier: Apache-2.0
"""CWRU bearing data, drive end: 12k_Drive_End_FAULT_LOAD_NUMBER.mat and normal_0_97.mat.

"normal" is of 48 kHz: its length and spectrum are those of that rate. It is brought to 12 kHz.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tintin.data.public.archive import Originals
from tintin.data.public.contents import Arrays
from tintin.data.public.matlab import matrices
from tintin.errors import DataError

CLASSES: Final = (
    *("normal", "B007", "B014", "B021", "IR007", "IR014", "IR021"),
    *("OR007@6", "OR014@6", "OR021@6"),
)
LOADS: Final = range(4)
NORMAL: Final = "normal_0_97.mat"
DECIMATION: Final = 4
UNIT: Final = 4096  # of a g
WINDOW: Final = 1024
BANDS: Final = 32
TRAIN_SHARE: Final = 0.7  # of each recording, from its beginning

Float = npt.NDArray[np.float64]
Int16 = npt.NDArray[np.int16]


def convert(files: Originals) -> Arrays:
    """Windows of 1024 readings of every fault at every load, and the energies of 32 bands."""
    parts = [(0, 0, _decimated(_drive_end(files, NORMAL)))]
    for load in LOADS:
        parts += [
            (fault, load, _drive_end(files, _name(files, CLASSES[fault], load)))
            for fault in range(1, len(CLASSES))
        ]
    windows = [_windows(signal) for _, _, signal in parts]
    counts = [len(rows) for rows in windows]
    x = np.concatenate(windows)
    return {
        "X": x,
        "y": np.repeat(np.array([fault for fault, _, _ in parts], np.uint8), counts),
        "load": np.repeat(np.array([load for _, load, _ in parts], np.uint8), counts),
        "split": np.concatenate([_split(n) for n in counts]),
        "bands": _bands(x),
        "classes": np.array(CLASSES),
    }


def _name(files: Originals, fault: str, load: int) -> str:
    found = files.matching(rf"12k_Drive_End_{fault}_{load}_\d+\.mat")
    if len(found) != 1:
        raise DataError(f"{files.where}: {len(found)} of 12k_Drive_End_{fault}_{load}_*.mat")
    return found[0][0]


def _drive_end(files: Originals, name: str) -> Float:
    """The recording whose variable has the file's number; some files hold a second one."""
    found = matrices(files.read(name), name)
    number = int(name.removesuffix(".mat").rpartition("_")[2])
    ends = [key for key in found if key.endswith("_DE_time")]
    own = f"X{number:03d}_DE_time"
    if not ends:
        raise DataError(f"{name}: no ..._DE_time in it")
    return found[own if own in ends else ends[0]]


def _decimated(signal: Float) -> Float:
    """A quarter of the rate, through a filter whose pass band ends there: Kaiser 5, 81 taps."""
    half = 10 * DECIMATION
    at = np.arange(-half, half + 1)
    taps = np.sinc(at / DECIMATION) * np.kaiser(2 * half + 1, 5.0)
    filtered = np.convolve(signal, taps / taps.sum())[half : half + len(signal)]
    return filtered[::DECIMATION]


def _windows(signal: Float) -> Int16:
    kept = len(signal) // WINDOW * WINDOW
    return np.rint(signal[:kept] * UNIT).astype(np.int16).reshape(-1, WINDOW)


def _split(count: int) -> npt.NDArray[np.uint8]:
    return (np.arange(count) >= int(TRAIN_SHARE * count)).astype(np.uint8)


def _bands(windows: Int16) -> Int16:
    """round(256 * log2(1 + mean power)) in 32 bands of equal width, bins 1 to 512."""
    centred = windows - windows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(centred * np.hanning(WINDOW), axis=1)) ** 2 / WINDOW
    mean = power[:, 1:].reshape(len(windows), BANDS, -1).mean(axis=2)
    scaled: Float = np.rint(256 * np.log2(1 + mean))
    return scaled.astype(np.int16)
