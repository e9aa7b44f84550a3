# SPDX-License-Identifier: Apache-2.0
"""The pipeline of the device (tintin/pipeline.h) on NumPy arrays: the same C, the same bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tintin._engine import ffi, lib
from tintin.engine import EngineError, check
from tintin.errors import ModelError

Int8Array = npt.NDArray[np.int8]
Int16Array = npt.NDArray[np.int16]

FRONT_ENDS: Final = {
    "readings": lib.TINTIN_READINGS,
    "statistics": lib.TINTIN_STATISTICS,
    "bands": lib.TINTIN_BANDS,
    "mel": lib.TINTIN_MEL,
    "power": lib.TINTIN_POWER,
}
STATISTICS: Final = {
    "mean": lib.TINTIN_MEAN,
    "deviation": lib.TINTIN_DEVIATION,
    "minimum": lib.TINTIN_MINIMUM,
    "maximum": lib.TINTIN_MAXIMUM,
    "mean_difference": lib.TINTIN_MEAN_DIFFERENCE,
    "crossings": lib.TINTIN_CROSSINGS,
    "energy": lib.TINTIN_ENERGY,
}
FADES: Final = {"rectangle": lib.TINTIN_RECTANGLE, "hann": lib.TINTIN_HANN}
FEATURE_EXP: Final = -5
CENTRE_UNIT: Final = 1 << 12
STATE_HEAD: Final = 16  # bytes before the centres in a saved state


@dataclass(frozen=True)
class Description:
    """struct tintin_pipeline_description, with front ends and statistics by name.

    `hop` 0 is the window's length, `step` 0 is `frames`: no overlap.
    """

    channels: int
    window: int
    front_ends: Sequence[str]
    hop: int = 0
    frames: int = 1
    step: int = 0
    statistics: Sequence[str] = ()
    bands: int = 0
    fade: str = "hann"
    slow: int = 0
    low: int = 0
    high: int = 0
    rate: int = 0

    @classmethod
    def of(cls, values: dict[str, Any]) -> Description:
        """From a JSON object. Raises ModelError for a key that there is not."""
        unknown = set(values) - {field.name for field in fields(cls)}
        if unknown:
            raise ModelError(f"pipeline: there is no {min(unknown)}")
        try:
            return cls(**values)
        except TypeError as error:
            raise ModelError(f"pipeline: {error}") from None

    @property
    def length(self) -> int:
        """Features of a vector. Raises ModelError where the description is out of range."""
        n = int(lib.tintin_pipeline_length(self.pack()))
        if n == 0:
            raise ModelError(f"pipeline: out of the ranges of tintin/pipeline.h: {self}")
        return n

    @property
    def memory(self) -> int:
        """Bytes of RAM that the pipeline takes on any target."""
        return int(lib.tintin_pipeline_size(self.pack()))

    def pack(self) -> Any:
        """The C structure."""
        values = {
            "hop": self.hop or self.window,
            "step": self.step or self.frames,
            "front_ends": _mask(self.front_ends, FRONT_ENDS),
            "statistics": _mask(self.statistics, STATISTICS),
            "fade": _mask([self.fade], FADES),
        }
        names = ("channels", "window", "frames", "bands", "slow", "low", "high", "rate")
        values |= {name: getattr(self, name) for name in names}
        try:
            return ffi.new("struct tintin_pipeline_description *", values)
        except OverflowError as error:
            raise ModelError(f"pipeline: {error}") from None


def _mask(names: Sequence[str], known: dict[str, int]) -> int:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ModelError(f"pipeline: {unknown[0]}: must be one of {', '.join(known)}")
    return sum(known[name] for name in set(names))


class Vectors(NamedTuple):
    """Features int8 [N, length], and the int16 values that they were made of."""

    features: Int8Array
    values: Int16Array


class Centre(NamedTuple):
    """Mean and mean distance from the mean of every centre, in units of its values."""

    mean: npt.NDArray[np.float64]
    spread: npt.NDArray[np.float64]


class Pipeline:
    """An open pipeline, in memory of its own."""

    def __init__(self, description: Description) -> None:
        """Open it. Raises ModelError for a description out of range."""
        self.description = description
        self.length = description.length
        self._description = description.pack()
        size = description.memory
        self._memory = ffi.new("uint32_t[]", (size + 3) // 4)
        self._pipeline = ffi.new("struct tintin_pipeline *")
        check(lib.tintin_pipeline_open(self._pipeline, self._description, self._memory, size))

    def push(self, readings: npt.ArrayLike) -> Vectors:
        """Readings int16 [N, channels] one after another; the vectors that came."""
        x = np.ascontiguousarray(readings)
        if x.dtype != np.int16 or x.size % self.description.channels:
            raise ValueError(
                f"readings are int16 [N, {self.description.channels}], not {x.dtype} {x.shape}"
            )
        n = x.size // self.description.channels
        room = n // (self.description.hop or self.description.window) + 1
        features = np.empty((room, self.length), np.int8)
        values = np.empty((room, self.length), np.int16)
        out = ffi.new(
            "struct tt_vectors *",
            {
                "features": ffi.from_buffer("int8_t[]", features),
                "values": ffi.from_buffer("int16_t[]", values),
                "room": room,
            },
        )
        came = lib.tt_pipeline_run(self._pipeline, ffi.from_buffer("int16_t[]", x), n, out)
        return Vectors(features[:came], values[:came])

    def restart(self) -> None:
        """Forget readings and windows under way."""
        lib.tintin_pipeline_restart(self._pipeline)

    @property
    def centre_of(self) -> npt.NDArray[np.intp]:
        """Which centre each value of a vector has."""
        of = lib.tintin_pipeline_centre_of
        return np.array([of(self._pipeline, i) for i in range(self.length)], np.intp)

    @property
    def centre(self) -> Centre:
        """What the centres have learned so far."""
        pairs = np.frombuffer(self.save(), np.int32, offset=STATE_HEAD)[:-1].reshape(-1, 2)
        return Centre(pairs[:, 0] / CENTRE_UNIT, pairs[:, 1] / CENTRE_UNIT)

    def save(self) -> bytes:
        """What the centres have learned, as the device keeps it."""
        size = lib.tintin_pipeline_state_size(self._pipeline)
        out = ffi.new("uint8_t[]", size)
        lib.tintin_pipeline_save(self._pipeline, out)
        return bytes(ffi.buffer(out))

    def restore(self, state: bytes) -> None:
        """Go on with centres that were saved. Raises EngineError for a block that is not right."""
        code = lib.tintin_pipeline_restore(self._pipeline, state, len(state))
        if code:
            raise EngineError(code, "state of a pipeline")


def process(description: Description, recordings: Sequence[Int16Array], state: bytes) -> Vectors:
    """Each recording, int16 [readings, channels], from a fresh window, with centres as in `state`.

    Without a state the features are not centred: only the values count.
    """
    pipeline = Pipeline(description)
    parts = []
    for recording in recordings:
        if state:
            pipeline.restore(state)
        pipeline.restart()
        parts.append(pipeline.push(recording))
    if not parts:
        return Vectors(
            np.empty((0, pipeline.length), np.int8), np.empty((0, pipeline.length), np.int16)
        )
    return Vectors(*(np.concatenate(part) for part in zip(*parts, strict=True)))
