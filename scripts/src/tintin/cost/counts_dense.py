# SPDX-License-Identifier: Apache-2.0
"""Counts of a dense layer. K inputs, O outputs, F fraction bits.

What may depend on how much of the input is 0 is counted apart for inputs that are `mostly` zeros
and others: kernels choose by it (TT_SPARSE_WINS in kernels.h). Layers below the first that learns
are `plain`: there a step does no more than a prediction.
"""

from __future__ import annotations

from tintin.cost.trace import LayerTrace
from tintin.cost.words import BLOCK, Rows, groups, looked, named, products, sums
from tintin.layers import Dense
from tintin.model import Wired

OUTPUTS = 32  # summed at once (dense.c)
FEW = 9 / 16  # share of non-zeros up to which a search for them pays on a core with DSP


def _dense(wired: Wired) -> Dense:
    layer = wired.layer
    assert isinstance(layer, Dense)
    return layer


def dense_forward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """O rows of K."""
    outputs = wired.output[2]
    rows = Rows.of(met.input.reshape(1, -1))
    few = rows.nonzeros <= FEW * rows.length
    kind = "plain_" if not met.learns else "few_" if few else "many_"
    searched = rows.walked("searched") if met.learns else {}
    return {
        "calls": 1,
        "quantised": outputs * (not wired.last),
        "signed": outputs * (not wired.last and not _dense(wired).relu),
        "logits": outputs * wired.last,
        "chunks": groups(outputs, OUTPUTS),
        **searched,
        **products(rows, outputs, kind),
        **looked(outputs * wired.fan_in, _dense(wired).fraction_bits, met.looked, met.large),
    }


def dense_backward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Sums of the rows whose errors are not 0."""
    assert met.error is not None
    fan_in = wired.fan_in
    errors = Rows.of(met.error.reshape(1, -1))
    calls = groups(int(errors.nonzeros), BLOCK)
    return {
        "calls": 1,
        **errors.walked("scanned"),
        **sums(calls, errors.nonzeros, fan_in),
        "columns": fan_in * (not met.masked),
        "masked_columns": fan_in * met.masked,
        "kept": float(met.input.sum()) * met.masked,
    }


def _steps(bits: int, met: LayerTrace, rows: float, share: float) -> dict[str, float]:
    """The scalar kernel's work on a share of the rows."""
    inputs = float(met.input.sum())
    return {
        f"quads_{bits}": share * rows * groups(int(inputs), BLOCK),
        f"moved_{bits}": share * rows * inputs * met.moved,
        f"carried_{bits}": share * rows * inputs * met.carried,
    }


def dense_update(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """A row whose error is not 0 meets every input that is not 0: `scalar_` on most cores. On an
    M55 `helium_` takes eight at once with 8 fraction bits, the scalar kernel what is `left_`.
    """
    assert met.error is not None
    rows, bits = float(met.error.sum()), _dense(wired).fraction_bits
    inputs = Rows.of(met.input.reshape(1, -1))
    rounded = 1 - met.exact - met.widened
    helium = (rounded - met.far) * (bits == 8)
    return {
        "calls": 1,
        "outputs": wired.output[2],
        "capped": met.capped * (wired.output[2] + wired.fan_in),
        **inputs.walked("scalar_searched"),
        **inputs.walked(f"helium_searched_{bits}"),
        **inputs.walked("left_searched", (rounded - helium) * (bits == 8)),
        f"rows_{bits}": rows,
        "helium_rows": rows * helium,
        "helium_eights": rows * groups(int(inputs.nonzeros), 8) * helium,
        **named("scalar_", _steps(bits, met, rows, rounded)),
        **named("left_", _steps(bits, met, rows, rounded - helium)),
        f"exact_{bits}": rows * wired.fan_in * met.exact,
        f"exact_pairs_{bits}": rows * inputs.nonzeros * met.exact,
        f"widened_{bits}": rows * wired.fan_in * met.widened,
        f"widened_pairs_{bits}": rows * inputs.nonzeros * met.widened,
        f"rescaled_{bits}": wired.output[2] * wired.fan_in * met.rescaled,
    }
