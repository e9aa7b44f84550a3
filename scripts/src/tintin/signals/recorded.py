# SPDX-License-Identifier: Apache-2.0
"""Recordings of real sensors, from the files that their READMEs describe; raises DataError."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tintin.data.activity import ACTIVITIES, WINDOW
from tintin.data.activity import FILE as ACTIVITY_FILE
from tintin.data.activity import HOME as ACTIVITY
from tintin.data.bearing import FILE as BEARING_FILE
from tintin.data.bearing import HOME as BEARING
from tintin.data.gas import FILE as GAS_FILE
from tintin.data.gas import HOME as GAS
from tintin.data.npz import arrays
from tintin.data.places import Home, Origin
from tintin.errors import DataError
from tintin.signals.recordings import Recordings

WORDS_FILE: Final = "fsdd_audio.npz"
WORDS_ORIGIN: Final = Origin(
    *("words", "Jakobovski/free-spoken-digit-dataset"),
    "26eb9aaf76e81b692f806f9140c2d2777410d7a1",
)
WORDS: Final = Home("spoken digits (FSDD)", ("fsdd",), WORDS_FILE, WORDS_FILE, origin=WORDS_ORIGIN)
SPECTRUM_FILE: Final = "spectrum_usrp.npz"
SPECTRUM_ORIGIN: Final = Origin(
    *("spectrum", "avian2/spectrum-sensing-methods"),
    "e4bdf12e72f93f241c145ae0c7137facadd41d3b",
)
SPECTRUM: Final = Home(
    *("spectrum sensing data", ("spectrum_usrp",), SPECTRUM_FILE, SPECTRUM_FILE),
    origin=SPECTRUM_ORIGIN,
)
WORD_READINGS: Final = 8192  # 1.024 s at 8 kHz; shorter words end in silence
BPSK_2MHZ: Final = "bpsk_2MHz"

Arrays = dict[str, npt.NDArray[Any]]


def bearing(data_dir: Path | None = None) -> Recordings:
    """CWRU, drive end, 12 kHz: normal and nine faults; loads 1, 2 and 3 are the test."""
    found = _file(BEARING, BEARING_FILE, data_dir, "X y load")
    readings, label, domain = [], [], []
    for fault, load in sorted({*zip(found["y"].tolist(), found["load"].tolist(), strict=True)}):
        kept = (found["y"] == fault) & (found["load"] == load)
        readings.append(found["X"][kept].reshape(-1, 1))
        label.append(fault)
        domain.append(load)
    return _recordings(readings, (label, domain, np.array(domain) > 0), "CWRU bearing data")


def activity(data_dir: Path | None = None) -> Recordings:
    """HAPT: six activities, windows of 128 readings; the domain is the person."""
    found = _file(ACTIVITY, ACTIVITY_FILE, data_dir, "sig start y split user")
    kept = np.flatnonzero(found["y"] < ACTIVITIES)
    windows = [found["sig"][start : start + WINDOW] for start in found["start"][kept]]
    facts = (found["y"][kept], found["user"][kept], found["split"][kept] == 1)
    return _recordings(windows, facts, "HAPT")


def gas(data_dir: Path | None = None) -> Recordings:
    """UCI gas sensor drift: one reading of 128 values a sample; batches after the first test."""
    found = _file(GAS, GAS_FILE, data_dir, "X_slog y batch")
    batch = found["batch"]
    rows = list(found["X_slog"][:, None, :])
    return _recordings(rows, (found["y"], batch, batch > batch.min()), "UCI gas sensor drift")


def words(data_dir: Path | None = None) -> Recordings:
    """FSDD: ten digits, 8 kHz; the domain is the speaker, the test the official one."""
    found = _file(WORDS, WORDS_FILE, data_dir, "audio offset y speaker split")
    bounds = found["offset"]
    readings = [_padded(found["audio"][a:b]) for a, b in pairwise(bounds)]
    return _recordings(readings, (found["y"], found["speaker"], found["split"] == 1), "FSDD")


def spectrum(data_dir: Path | None = None, radio: str = BPSK_2MHZ) -> Recordings:
    """USRP captures of one radio signal: 31 detector statistics a segment.

    The domain is the generator's power, dBm. Raises DataError for a radio that there is not.
    """
    found = _file(SPECTRUM, SPECTRUM_FILE, data_dir, "X y domain pgen_dbm split domains")
    names = [str(name) for name in found["domains"]]
    if radio not in names:
        raise DataError(f"{radio}: must be one of {', '.join(names)}")
    kept = np.flatnonzero(found["domain"] == names.index(radio))
    facts = (found["y"][kept], found["pgen_dbm"][kept], found["split"][kept] == 1)
    return _recordings(list(found["X"][kept][:, None, :]), facts, f"USRP {radio}")


def _padded(audio: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    out = np.zeros((WORD_READINGS, 1), np.int16)
    kept = audio[:WORD_READINGS]
    out[: len(kept), 0] = kept
    return out


def _file(home: Home, name: str, data_dir: Path | None, needed: str) -> Arrays:
    path = home.find(data_dir) / name
    found = arrays(path)
    missing = set(needed.split()) - set(found)
    if missing:
        raise DataError(f"{path}: no {min(missing)} in it")
    return found


def _recordings(
    readings: list[npt.NDArray[Any]],
    facts: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    source: str,
) -> Recordings:
    label, domain, test = facts
    return Recordings(
        [np.ascontiguousarray(r, np.int16) for r in readings],
        np.asarray(label, np.uint16),
        np.asarray(domain, np.int64),
        np.asarray(test, bool),
        source,
    )
