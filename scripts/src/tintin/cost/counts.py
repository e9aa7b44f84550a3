# SPDX-License-Identifier: Apache-2.0
"""What a layer does in a step, in numbers that its instructions are linear in.

Each function takes a layer in its place and what it met (trace.py) and gives counts by name, for
one pass. benchmarks/fit_cost.py finds what each costs on a target; instructions.py adds them up.
There are more than any one core needs: an M55 multiplies vectors of sixteen whatever is in them,
an M3 skips words of zeros, and the fit gives 0 to what does not matter.
"""

from __future__ import annotations

from collections.abc import Callable

from tintin.cost.counts_conv import conv_backward, conv_update
from tintin.cost.counts_dense import dense_backward, dense_forward, dense_update
from tintin.cost.counts_panel import conv_forward
from tintin.cost.counts_pool import mean_backward, mean_forward, pool_backward, pool_forward
from tintin.cost.trace import LayerTrace
from tintin.layers import AvgPool, Conv2d, Dense, MaxPool, volume
from tintin.model import Wired

Counts = dict[str, float]
Count = Callable[[Wired, LayerTrace], Counts]


def loss(wired: Wired) -> Counts:
    """Softmax and error of the classes."""
    return {"calls": 1, "classes": wired.output[2]}


def begin(wired: Wired, layers: int) -> Counts:
    """The sample is copied, and the step goes from slice to slice."""
    return {"calls": 1, "inputs": volume(wired.input), "layers": layers}


FORWARD: dict[str, Count] = {
    Dense.kind: dense_forward,
    Conv2d.kind: conv_forward,
    MaxPool.kind: pool_forward,
    AvgPool.kind: mean_forward,
}
BACKWARD: dict[str, Count] = {
    Dense.kind: dense_backward,
    Conv2d.kind: conv_backward,
    MaxPool.kind: pool_backward,
    AvgPool.kind: mean_backward,
}
UPDATE: dict[str, Count] = {Dense.kind: dense_update, Conv2d.kind: conv_update}
