# SPDX-License-Identifier: Apache-2.0
"""The public sets: where from, on which terms, and what they are once converted.

Each is an archive of a commit, which GitHub does not pack the same way for ever: that archive has
no lasting checksum. `contents` is the SHA-256 of the arrays (contents.py) that come out of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tintin.data.activity import HOME as ACTIVITY
from tintin.data.bearing import HOME as BEARING
from tintin.data.gas import HOME as GAS
from tintin.data.places import Home
from tintin.data.public import activity, bearing, gas, spectrum, words
from tintin.data.public.archive import Originals
from tintin.data.public.contents import Arrays
from tintin.signals import recorded


@dataclass(frozen=True)
class Public:
    """A set.

    `page` is where its makers are, `expected` what an archive of it must hold, and `arrays` what
    is made of that.
    """

    home: Home
    url: str
    terms: str
    page: str
    expected: str
    arrays: tuple[str, ...]
    contents: str
    convert: Callable[[Originals], Arrays]

    @property
    def file(self) -> str:
        """What it is called once converted."""
        return self.home.files


def _of(home: Home, *rest: str, convert: Callable[[Originals], Arrays]) -> Public:
    assert home.origin is not None
    terms, page, expected, made, contents = rest
    arrays = tuple(made.split())
    return Public(home, home.origin.url, terms, page, expected, arrays, contents, convert)


PUBLIC = {
    "bearing": _of(
        BEARING,
        "no licence is stated; acknowledge the Case Western Reserve University Bearing Data Center",
        "https://engineering.case.edu/bearingdatacenter",
        "12k_Drive_End_FAULT_LOAD_NUMBER.mat, normal_0_97.mat",
        "X y load split bands classes",
        "8ab1ba6c108f3e390f0752ed2f2024867e0a902224c748e9c8e9cd365e6b1d17",
        convert=bearing.convert,
    ),
    "activity": _of(
        ACTIVITY,
        "cite Reyes-Ortiz et al., Neurocomputing 2015 (HAPT, UCI)",
        "https://archive.ics.uci.edu/ml/datasets/"
        "Smartphone-Based+Recognition+of+Human+Activities+and+Postural+Transitions",
        "acc_expNN_userNN.txt, gyro_expNN_userNN.txt, labels.txt, subject_id_test.txt",
        "sig start y user split segments",
        "bf54f27b4943217d16cf7cccaa7270903ef1e9ebccc5224a4067ac448a923547",
        convert=activity.convert,
    ),
    "gas": _of(
        GAS,
        "for research (UCI's page); cite Vergara et al. 2012 and Rodriguez-Lujan et al. 2014",
        "https://archive.ics.uci.edu/ml/datasets/"
        "Gas+Sensor+Array+Drift+Dataset+at+Different+Concentrations",
        "batch1.dat to batch9.dat with concentrations (7 and 10 are not used)",
        "X_slog y batch",
        "e2a5c5509d8c506449e3710c97376125de68c1033fc1cd067665db3c7b5a8692",
        convert=gas.convert,
    ),
    "words": _of(
        recorded.WORDS,
        "CC BY-SA 4.0",
        "https://github.com/Jakobovski/free-spoken-digit-dataset",
        "DIGIT_SPEAKER_INDEX.wav, 3000 of them",
        "audio offset y speaker index split speakers",
        "098a1222769aa02dd189bb0c8305b3a8807192e79097fbc92cc50f79ce913611",
        convert=words.convert,
    ),
    "spectrum": _of(
        recorded.SPECTRUM,
        "GPL-3.0; cite Solc, Mohorcic, Fortuna, PLoS ONE 13(6) 2018",
        "https://github.com/avian2/spectrum-sensing-methods",
        "sim_usrp_SIGNAL_fsRATE_NsN_DETECTOR_POWER.dat",
        "X y domain pgen_dbm segment split features domains offset_log2",
        "1176f41c10e0f419ad84057c57636230586edd76669fd57d8a58e89ea28f7b4e",
        convert=spectrum.convert,
    ),
}
