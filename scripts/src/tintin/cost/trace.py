# SPDX-License-Identifier: Apache-2.0
"""What a learning step works on: the zeros it may skip and the weights it moves.

A kernel's instructions depend on the data: on activations and errors that are 0 and on steps that
round to 0. A trace holds what each layer meets; counts.py makes numbers of it. observe.py takes
traces from the engine on this computer, assumed.py makes them up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LayerTrace:
    """One layer in one step. Masks are True where a value is not 0.

    `input` [h, w, c]. `error` [h, w, c] at the output, None where the step did not come to it.
    `moved`: share of the weights that moved, of rows (filters) whose errors are not all 0 and of
    inputs that are not 0; `carried`: share of them whose int8 moved. `raised`: how often a max
    pool found a value above those before it.

    Shares of the rows: `exact`: gradients were not rounded, `widened`: they were shifted left, as
    at high rates, `far`: they were shifted right beyond what Helium's kernel takes.

    0 or 1 in one step: `looked`: it began by looking for the largest weight, with a share of the
    weights in words that hold a `large` one (large_words() in words.py); `rescaled`: it ended by
    halving the whole tensor; `capped`: the largest gradient might exceed the step cap, for which
    a dense layer looks.

    Of the network: `masked`: the input is a ReLU's output, maybe through max pools, and no error
    passes where it is 0; `learns`: this layer or one below it does.
    """

    input: BoolArray
    error: BoolArray | None = None
    moved: float = 0.0
    carried: float = 0.0
    looked: float = 0.0
    rescaled: float = 0.0
    exact: float = 0.0
    widened: float = 0.0
    far: float = 0.0
    raised: float = 0.0
    large: float = 0.0
    capped: float = 0.0
    masked: bool = False
    learns: bool = True


Step = tuple[LayerTrace, ...]

LOOK_EVERY = 64  # steps between two looks for the largest weight
FAR = 14  # bits that Helium's update shifts by at most (mve_update.c)
