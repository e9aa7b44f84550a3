# SPDX-License-Identifier: Apache-2.0
"""The C engine on this computer: the very code of the device, on NumPy arrays."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tintin._engine import ffi, lib
from tintin.errors import InputError
from tintin.planes import LayerState, Scale, unpack_fractions
from tintin.rate import Rate

Int8Array = npt.NDArray[np.int8]

ALL: Final = "all"
NONE: Final = "none"
Train = str | Iterable[int]

KINDS: Final = {
    lib.TINTIN_DENSE: "dense",
    lib.TINTIN_CONV2D: "conv2d",
    lib.TINTIN_MAX_POOL: "maxpool",
    lib.TINTIN_AVG_POOL: "avgpool",
}


class EngineError(InputError, OSError):
    """What an engine function refused: `errno`, positive, and the engine's own reason."""

    def __init__(self, code: int, detail: str = "") -> None:
        reason = ffi.string(lib.tintin_reason(code)).decode()
        super().__init__(-code, reason + (f" ({detail})" if detail else ""))

    def __str__(self) -> str:
        return str(self.strerror)


class Prediction(NamedTuple):
    """A class and its softmax probability in Q15: 32768 is certainty."""

    label: int
    confidence: int


class Workspaces(NamedTuple):
    """Where, in bytes from the arena's begin, the tensors of a step lie and what it scribbles on.

    Before them lie the layers' state and the planes of those that learn.
    """

    tensors: int
    scratch: int


class Tensor(NamedTuple):
    """Integers whose real values are data * 2^exp."""

    data: npt.NDArray[np.int8 | np.int32]
    exp: int


@dataclass(frozen=True)
class LayerInfo:
    """What one layer is and costs: struct tintin_layer_info. Sizes are in bytes."""

    kind: str
    relu: bool
    bounded: bool
    trained: bool
    fraction_bits: int
    input: tuple[int, int, int]
    output: tuple[int, int, int]
    kernel: tuple[int, int]
    parameters: int
    macs: int
    macs_backward: int
    flash: int
    arena_weights: int
    arena_kept: int


@dataclass(frozen=True)
class WeightsView:
    """A copy of one layer's weights, as of now.

    `weight` is int8 [O, K], `fraction` uint8 [O, K] with one fraction of 0..2^F - 1 an element
    (None where the engine holds none), `packed` the same plane as it lies in memory, `bias`
    int32 [O] in units of 2^-20.
    """

    weight: Int8Array
    fraction: npt.NDArray[np.uint8] | None
    packed: npt.NDArray[np.uint8] | None
    bias: npt.NDArray[np.int32]
    state: LayerState


def check(code: int) -> int:
    """Return what an engine function returned, or raise its error."""
    if code < 0:
        raise EngineError(code)
    return code


def arena_size(
    record: bytes, *, train: Train = ALL, batch_log2: int = 0, concurrent: bool = False
) -> int:
    """Bytes of memory that a network takes on any target, before it is opened."""
    held = _held(record)
    need = ffi.new("size_t *")
    options = _options(train, batch_log2, concurrent)
    check(lib.tintin_arena_size(held, len(record), options, need))
    return int(need[0])


def record_check(record: bytes) -> int:
    """Validate a whole record; its size in bytes."""
    return check(lib.tintin_record_check(_held(record), len(record)))


def source_digest() -> str:
    """Which C files this engine was compiled from."""
    return str(ffi.string(lib.tt_source_digest()).decode())


class Network:
    """An open network, in memory of its own.

    Methods release the GIL while the engine runs. One thread at a time may use a network; with
    `concurrent`, another may predict while one learns.
    """

    def __init__(
        self,
        record: bytes,
        *,
        train: Train = ALL,
        batch_log2: int = 0,
        concurrent: bool = False,
    ) -> None:
        """Open a record. Raises EngineError for a bad one, ValueError for a bad `train`."""
        size = arena_size(record, train=train, batch_log2=batch_log2, concurrent=concurrent)
        self._record = _held(record)
        self._memory = ffi.new("uint32_t[]", (size + 3) // 4)
        self._arena = ffi.new("struct tintin_arena *", {"base": self._memory, "size": size})
        self._net = ffi.new("struct tintin *")
        options = _options(train, batch_log2, concurrent)
        check(lib.tintin_open(self._net, self._record, len(record), options, self._arena))
        self.arena_size = int(self._arena.need)
        self.batch_log2 = batch_log2
        self.layers = [self._info(i) for i in range(self._net.record.layers)]
        self.classes = int(self._net.record.classes)

    @property
    def handle(self) -> Any:
        """The struct tintin, for the parts of the binding that stand above a network."""
        return self._net

    @property
    def arena(self) -> Any:
        """The struct tintin_arena that it was opened in."""
        return self._arena

    @property
    def save_size(self) -> int:
        """Size of the record that save() makes, bytes."""
        return int(lib.tintin_save_size(self._net))

    @property
    def step(self) -> int:
        """Samples learned from."""
        return int(self._net.step)

    @property
    def rng(self) -> int:
        """State of the random generator."""
        return int(self._net.rng)

    @property
    def rate(self) -> Rate:
        """The learning rate."""
        return Rate(self._net.rate.mantissa, self._net.rate.shift)

    @property
    def phase(self) -> int:
        """0 outside a learning step, 1 when one has begun, and one more with each slice."""
        return int(lib.tintin_probe_phase(self._net))

    @property
    def workspaces(self) -> Workspaces:
        """The arena's parts, of a network that was not opened concurrent."""
        trains = any(layer.trained for layer in self.layers)
        scratch = self._net.scratch if trains else self._net.predict_scratch
        return Workspaces(int(self._net.predict), int(scratch))

    def set_rate(self, rate: Rate | float) -> None:
        """Learn at another rate from the next sample on."""
        value = rate if isinstance(rate, Rate) else Rate.of(rate)
        c_rate = ffi.new("struct tintin_rate *", {"mantissa": value.mantissa, "shift": value.shift})
        check(lib.tintin_set_rate(self._net, c_rate[0]))

    def predict(self, x: npt.ArrayLike) -> Prediction:
        """The class of one sample, int8 in [h][w][c] order."""
        sample = _samples(x).reshape(-1)
        out = ffi.new("struct tintin_prediction *")
        check(lib.tintin_predict(self._net, _pointer(sample), sample.size, out))
        return Prediction(out.label, out.confidence)

    def predict_many(self, x: npt.ArrayLike) -> npt.NDArray[np.uint16]:
        """The classes of samples [N, length], uint16 [N]."""
        samples, batch = batch_of(x)
        out = np.zeros((len(samples), 2), np.uint16)
        pointer = ffi.cast("struct tintin_prediction *", ffi.from_buffer(out))
        check(lib.tt_predict_many(self._net, batch, pointer))
        return out[:, 0].copy()

    def learn(self, x: npt.ArrayLike, label: int) -> Prediction:
        """Learn from one labelled sample; what was predicted before."""
        sample = _samples(x).reshape(-1)
        before = ffi.new("struct tintin_prediction *")
        check(
            lib.tintin_learn(self._net, _pointer(sample), sample.size, self._label(label), before)
        )
        return Prediction(before.label, before.confidence)

    def learn_many(self, x: npt.ArrayLike, y: npt.ArrayLike) -> int:
        """Learn from samples [N, length] in order; how many were predicted rightly before."""
        samples, batch = batch_of(x)
        labels = np.asarray(y)
        if labels.shape != (len(samples),):
            raise ValueError(f"{len(samples)} samples and {labels.size} labels")
        if labels.size and (labels.min() < 0 or labels.max() >= self.classes):
            raise EngineError(-errno.EDOM, f"classes 0..{self.classes - 1}")
        labels = np.ascontiguousarray(labels, np.uint16)
        hits = ffi.new("size_t *")
        check(lib.tt_learn_many(self._net, batch, _pointer(labels, "uint16_t[]"), hits))
        return int(hits[0])

    def learn_begin(self, x: npt.ArrayLike, label: int) -> None:
        """Begin the step of learn() in slices."""
        sample = _samples(x).reshape(-1)
        check(lib.tintin_learn_begin(self._net, _pointer(sample), sample.size, self._label(label)))

    def learn_slice(self) -> bool:
        """One bounded piece of the step that was begun; whether there is more."""
        return check(lib.tintin_learn_slice(self._net)) == 1

    def flush(self) -> None:
        """Apply an unfinished mini-batch as it stands."""
        check(lib.tintin_learn_flush(self._net))

    def save(self) -> bytes:
        """The network as a record, from which training goes on as if it had never stopped."""
        size = self.save_size
        out = ffi.new("uint8_t[]", size)
        check(lib.tt_save_to(self._net, out, size))
        return bytes(ffi.buffer(out))

    def weights(self, layer: int) -> WeightsView:
        """Copies of the weights of a dense or convolution layer."""
        view = ffi.new("struct tintin_weights *")
        check(lib.tintin_probe_weights(self._net, layer, view))
        info = self.layers[layer]
        outputs = info.output[2]
        fan_in = info.parameters // outputs - 1
        weight = _copy(view.weight, outputs * fan_in, np.int8).reshape(outputs, fan_in)
        packed = fraction = None
        if view.fraction != ffi.NULL:
            packed = _copy(view.fraction, (weight.size * info.fraction_bits + 7) // 8, np.uint8)
            fraction = unpack_fractions(packed, weight.shape, info.fraction_bits)
        bias = _copy(view.bias, outputs, np.int32)
        return WeightsView(weight, fraction, packed, bias, _state(view.state))

    def activation(self, layer: int) -> Tensor:
        """Output of a hidden layer, after its forward slice."""
        out = ffi.new("struct tintin_tensor *")
        check(lib.tintin_probe_activation(self._net, layer, out))
        return Tensor(_copy(out.data, out.n, np.int8), out.exp)

    def error(self) -> Tensor:
        """The error at the output of the layer whose backward slice is next."""
        out = ffi.new("struct tintin_tensor *")
        check(lib.tintin_probe_error(self._net, out))
        return Tensor(_copy(out.data, out.n, np.int8), out.exp)

    def logits(self) -> Tensor:
        """The int32 logits, after the last forward slice."""
        data = ffi.new("int32_t const **")
        exp = ffi.new("int16_t *")
        check(lib.tintin_probe_logits(self._net, data, exp))
        return Tensor(_copy(data[0], self.classes, np.int32), exp[0])

    def _label(self, label: int) -> int:
        if not 0 <= label < self.classes:
            raise EngineError(-errno.EDOM, f"{label} of 0..{self.classes - 1}")
        return int(label)

    def _info(self, layer: int) -> LayerInfo:
        info = ffi.new("struct tintin_layer_info *")
        check(lib.tintin_layer_info(self._net, layer, info))
        return LayerInfo(
            kind=KINDS[info.kind],
            input=_shape(getattr(info, "in")),
            output=_shape(info.out),
            kernel=(info.kernel_h, info.kernel_w),
            **{name: getattr(info, name) for name in _INFO_PLAIN},
        )


_INFO_PLAIN: Final = (
    "relu",
    "bounded",
    "trained",
    "fraction_bits",
    "parameters",
    "macs",
    "macs_backward",
    "flash",
    "arena_weights",
    "arena_kept",
)


def _held(record: bytes) -> Any:
    """The record in aligned memory, as flash would hold it."""
    memory = ffi.new("uint32_t[]", (len(record) + 3) // 4 or 1)
    ffi.memmove(memory, record, len(record))
    return memory


def _options(train: Train, batch_log2: int, concurrent: bool) -> Any:
    if train == ALL:
        mask = lib.TINTIN_TRAIN_ALL
    elif train == NONE:
        mask = lib.TINTIN_TRAIN_NONE
    elif isinstance(train, str):
        raise ValueError(f"train={train!r}: ALL, NONE or layer numbers")
    else:
        mask = 0
        for layer in train:
            if not 0 <= layer < lib.TINTIN_MAX_LAYERS:
                raise ValueError(f"train: there is no layer {layer}")
            mask |= 1 << layer
    if not 0 <= batch_log2 <= 255:
        raise EngineError(-errno.EINVAL, f"batch_log2 {batch_log2}")
    return ffi.new(
        "struct tintin_options *",
        {"train": mask, "batch_log2": batch_log2, "concurrent": concurrent},
    )


def _samples(x: npt.ArrayLike) -> Int8Array:
    """Samples as contiguous int8; other integers only where nothing is lost."""
    array = np.asarray(x)
    if array.dtype != np.int8:
        if array.dtype.kind not in "iu" or (array.size and np.abs(array).max() > 127):
            raise ValueError(f"samples are int8, not {array.dtype}: quantise them first")
        array = array.astype(np.int8)
    return np.ascontiguousarray(array)


def sample_of(x: npt.ArrayLike) -> tuple[Any, int, Int8Array]:
    """One sample as C reads it: pointer, length, and the array that must stay as long."""
    array = _samples(x).reshape(-1)
    return _pointer(array), array.size, array


def batch_of(x: npt.ArrayLike) -> tuple[Int8Array, Any]:
    """Samples [N, length] as an array that must stay, and the struct tt_batch over it."""
    samples = _samples(x)
    if samples.ndim < 2:
        raise ValueError(f"samples are [N, length], not {list(samples.shape)}")
    samples = samples.reshape(len(samples), -1) if samples.size else samples
    batch = ffi.new(
        "struct tt_batch *",
        {"x": _pointer(samples), "samples": len(samples), "length": samples[:1].size},
    )
    return samples, batch


def _pointer(array: npt.NDArray[Any], kind: str = "int8_t[]") -> Any:
    return ffi.from_buffer(kind, array)


def _copy(pointer: Any, n: int, dtype: type) -> npt.NDArray[Any]:
    size = n * np.dtype(dtype).itemsize
    return np.frombuffer(bytes(ffi.buffer(pointer, size)), dtype).copy()


def _shape(shape: Any) -> tuple[int, int, int]:
    return shape.h, shape.w, shape.c


def _scale(scale: Any) -> Scale:
    return Scale(scale.shift, scale.held, scale.count)


def _state(state: Any) -> LayerState:
    return LayerState(
        activation=_scale(state.activation),
        error=_scale(state.error),
        weight_exp=state.weight_exp,
        weight_bits=state.weight_bits,
    )
