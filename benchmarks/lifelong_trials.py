# SPDX-License-Identifier: Apache-2.0
"""Which learners live through which scenarios, what is shown of it, and what is to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tintin.lifelong.agent import FLOAT, Setup

REPLAYS = 5
LEARNERS = {
    "naive": Setup("naive", guard=False, drift=False),
    "replay": Setup("replay", guard=True, drift=True, replays=REPLAYS),
    "plain replay": Setup("replay", guard=False, drift=False, replays=REPLAYS),
    "plain replay, float32": Setup("replay", FLOAT, guard=False, drift=False, replays=REPLAYS),
}


@dataclass(frozen=True)
class Trial:
    """A scenario and what is shown of it, by the metric's name in rows."""

    scenario: str
    columns: dict[str, str]
    seeds: int = 10
    learners: Sequence[str] = tuple(LEARNERS)


INCREMENTAL = {
    "average_accuracy": "average accuracy",
    "own_accuracy": "just learned",
    "forgetting": "forgetting",
    "backward_transfer": "backward transfer",
    "forward_transfer": "forward transfer",
    "prequential_accuracy": "prequential",
    "learning_curve_area": "learning-curve area",
}
STEADY = {
    "average_accuracy": "accuracy at the end",
    "prequential_accuracy": "prequential",
    "learning_curve_area": "mean over time",
    "alarms": "alarms",
    "rollbacks": "rollbacks",
}
QUICK = ("digits", "label_noise")
QUICK_SEEDS = 3
TRIALS = {
    trial.scenario: trial
    for trial in (
        Trial("mnist", INCREMENTAL),
        Trial("mnist_short", INCREMENTAL),
        Trial("digits", INCREMENTAL),
        Trial(
            "gas_drift",
            {
                "stage_prequential_accuracy": "test-then-train, mean over later batches",
                "frozen_prequential_accuracy": "the same, frozen",
                "average_accuracy": "average accuracy",
                "forgetting": "forgetting",
            },
        ),
        Trial(
            "bearing",
            {
                "later_accuracy": "loads 1-3",
                "unadapted_accuracy": "loads 1-3 before",
                "average_accuracy": "all loads",
                "forgetting": "forgetting",
            },
        ),
        Trial(
            "new_person",
            {
                "own_accuracy": "after 5 labels an activity",
                "unadapted_accuracy": "before",
                "prequential_accuracy": "prequential",
            },
        ),
        Trial("people", INCREMENTAL),
        Trial("label_noise", STEADY),
        Trial("recurring_drift", STEADY),
        Trial("long_silence", STEADY),
    )
}


@dataclass(frozen=True)
class Goal:
    """A figure to reach: the difference of two metrics of learners, at least so much."""

    text: str
    scenario: str
    metric: str
    learner: str
    least: float
    minus: tuple[str, str] | None = None  # metric, learner


GOALS = (
    Goal("MNIST 5 x 2, buffer 200, plain replay: above float32's", "mnist", "average_accuracy",
         "plain replay", -1.0, ("average_accuracy", "plain replay, float32")),
    Goal("MNIST 5 x 2, buffer 200, plain replay: above naive", "mnist", "average_accuracy",
         "plain replay", 60.0, ("average_accuracy", "naive")),
    Goal("gas drift, test-then-train: above the frozen network", "gas_drift",
         "stage_prequential_accuracy", "replay", 15.0, ("frozen_prequential_accuracy", "replay")),
    Goal("bearing, 20 labels a load: accuracy at loads 1-3", "bearing", "later_accuracy",
         "replay", 97.0),
    Goal("a new person, 5 labels an activity: above before", "new_person", "own_accuracy",
         "replay", 4.0, ("unadapted_accuracy", "replay")),
)  # fmt: skip
