# SPDX-License-Identifier: Apache-2.0
"""Spectrum sensing: 1000 lines in each sim_usrp_SIGNAL_fsRATE_NsN_DETECTOR_POWER.dat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tintin.data.public.archive import Originals
from tintin.data.public.contents import Arrays
from tintin.errors import DataError

SCALE = 2048
SEGMENTS = 1000
EVERY = 10  # of the segments with a signal; those without are all taken
TRAIN_SEGMENTS = 700
LENGTHS = (10, 15, 20, 5)
FEATURES = (
    *(f"agm_l{n}" for n in LENGTHS),
    *(f"cav_l{n}" for n in LENGTHS),
    *(f"cfn_l{n}" for n in LENGTHS),
    "ed",
    *(f"{kind}_l{n}" for kind in ("eme", "mac", "met", "mme") for n in LENGTHS),
    "scf_Np128",
    "scf_Np64",
)
OFFSET = np.array([16 if name.startswith("eme") else 0 for name in FEATURES], np.int8)
DOMAINS = tuple(f"{kind}_{rate}MHz" for kind in ("bpsk", "micsoft", "noise") for rate in (1, 2, 10))
POWERS = {"bpsk": range(-100, -70), "micsoft": range(-100, -70), "noise": range(-70, -11, 2)}
KEYS = ("y", "domain", "pgen_dbm", "segment", "split")


def convert(files: Originals) -> Arrays:
    """Detector statistics in units of 1/2048 of their log2: idle, then every power, by domain."""
    parts = [_domain(files, number) for number in range(len(DOMAINS))]
    out: Arrays = {name: np.concatenate([part[name] for part in parts]) for name in ("X", *KEYS)}
    names = {"features": np.array(FEATURES), "domains": np.array(DOMAINS)}
    return out | names | {"offset_log2": OFFSET}


def _domain(files: Originals, number: int) -> Arrays:
    kind, _, rate = DOMAINS[number].removesuffix("MHz").partition("_")
    where = f"sim_usrp_{kind}_fs{rate}mhz_Ns{100 if rate == '10' else 25}ks"
    idle = _statistics(files, where, "off")
    powers = POWERS[kind]
    busy = [_statistics(files, where, f"m{-power}_0dbm")[::EVERY] for power in powers]
    segments = np.arange(SEGMENTS)
    taken = [segments, *(segments[::EVERY] for _ in powers)]
    segment = np.concatenate(taken).astype(np.int16)
    power = np.repeat([0, *powers], [len(part) for part in taken]).astype(np.int8)
    return {
        "X": np.concatenate([idle, *busy]),
        "y": (np.arange(len(power)) >= SEGMENTS).astype(np.uint8),
        "domain": np.full(len(power), number, np.uint8),
        "pgen_dbm": power,
        "segment": segment,
        "split": (segment >= TRAIN_SEGMENTS).astype(np.uint8),
    }


def _statistics(files: Originals, where: str, state: str) -> npt.NDArray[np.int16]:
    columns = []
    for feature in FEATURES:
        name = f"{where}_{feature}_{state}.dat"
        values = np.array(files.read(name).split(), np.float64)
        if len(values) != SEGMENTS:
            raise DataError(f"{name}: {len(values)} lines, not {SEGMENTS}")
        columns.append(values)
    return np.rint(SCALE * (np.log2(np.stack(columns, 1)) - OFFSET)).astype(np.int16)
