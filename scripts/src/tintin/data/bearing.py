# SPDX-License-Identifier: Apache-2.0
"""Which fault a bearing has, from its vibration: Case Western Reserve University, drive end.

Nine faults (ball, inner, outer race; three sizes each) at four motor loads of 0 to 3 hp. Windows
of one load train, those of others test: windows of one recording are too alike for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tintin.data.centring import Centring
from tintin.data.dataset import Dataset
from tintin.data.npz import arrays
from tintin.data.places import Home, Origin
from tintin.errors import DataError

FILE = "cwru_12k_w1024.npz"
ORIGIN = Origin(
    *("bearing", "yyxyz/CaseWesternReserveUniversityData"),
    "b19e5a7e9fcd72b1c541f3c12fb42ac3fe94202f",
)
HOME = Home("CWRU bearing data", ("cwru",), FILE, FILE, origin=ORIGIN)
TRAIN_LOAD = 0
OTHER_LOADS = (1, 2, 3)


def bearing(data_dir: Path | str | None = None, test_loads: Sequence[int] = OTHER_LOADS) -> Dataset:
    """The energies of 32 bands as int8 [N, 32]: load 0 to train, `test_loads` to test.

    The last 30 % of each recording at load 0 stand last among the training samples, so that
    they can be held out. Raises DataError.
    """
    path = HOME.find(data_dir) / FILE
    found = arrays(path)
    missing = {"bands", "y", "load", "split"} - set(found)
    if missing:
        raise DataError(f"{path}: no {min(missing)} in it")
    faults = found["y"] > 0  # "normal" was recorded at load 0 only
    bands, load, split = (found[name][faults] for name in ("bands", "load", "split"))
    y = found["y"][faults].astype(np.uint16) - 1
    train = np.flatnonzero(load == TRAIN_LOAD)
    train = train[np.argsort(split[train], kind="stable")]
    test = np.flatnonzero(np.isin(load, test_loads))
    centre = Centring.of(bands[train])
    return Dataset(centre(bands[train]), y[train], centre(bands[test]), y[test])
