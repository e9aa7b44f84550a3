# SPDX-License-Identifier: Apache-2.0
"""The network of this story and its front ends; run it to write model.tt and model.centres."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tintin.layers import Dense
from tintin.model import Model
from tintin.record import write
from tintin.signals.centres import state_of
from tintin.signals.pipeline import FEATURE_EXP, Description, Pipeline

HERE = Path(__file__).resolve().parent
RECORD, CENTRES = HERE / "model.tt", HERE / "model.centres"
DESCRIPTION = Description(
    channels=3, window=8, front_ends=["statistics"], statistics=["mean", "minimum", "maximum"]
)
LARGEST = 1000  # 1/1000 gauss


def main() -> None:
    """Random weights; centres of fields that point anywhere."""
    model = Model(
        input=(1, 1, DESCRIPTION.length),
        layers=[Dense(8, relu=True), Dense(3)],
        input_exp=FEATURE_EXP,
    )
    RECORD.write_bytes(write(model, 1))
    fields = np.random.default_rng(1).integers(-LARGEST, LARGEST + 1, (800, 3)).astype(np.int16)
    values = Pipeline(DESCRIPTION).push(fields).values
    CENTRES.write_bytes(state_of(DESCRIPTION, values))


if __name__ == "__main__":
    main()
