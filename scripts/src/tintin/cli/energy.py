# SPDX-License-Identifier: Apache-2.0
"""tintin energy: what a device takes for a prediction, an update and a day."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from tintin.cli.options import SUFFIX, Json, answer, load_record
from tintin.cost import front_ends
from tintin.cost.assumed import FEATURES, IMAGES, Shares
from tintin.cost.day import FLOAT_PER_MAC, Day, Schedule, Work, day, float_step, microjoules
from tintin.cost.energy import BOARDS, SUPPLIES, Board, board_of
from tintin.cost.estimate import Question, estimate
from tintin.cost.firmware_ram import firmware_ram
from tintin.engine import ALL, Network, Train
from tintin.errors import ModelError
from tintin.learner import Options
from tintin.signals import learning
from tintin.signals.application import NAMES, load

WHAT = f"{', '.join(NAMES)}, a description of yours (.json), or a record (.tt) without front ends."
WHERE = f"{', '.join(BOARDS)} (west's qualifiers may follow), or a core: {', '.join(SUPPLIES)}."
FASTEST = 1000.0  # MHz: no such core has ever run at more


def energy(
    name: Annotated[str, typer.Argument(metavar="NAME", help=WHAT)],
    board: Annotated[str, typer.Option(help=WHERE)] = "stm32l151",
    current: Annotated[
        float | None, typer.Option(min=0.0, help="Of your board while it computes, uA/MHz.")
    ] = None,
    clock: Annotated[
        float | None, typer.Option(min=0.001, max=FASTEST, help="Of your board, MHz.")
    ] = None,
    voltage: Annotated[float | None, typer.Option(min=0.1, help="Of your board, V.")] = None,
    sleep: Annotated[
        float | None, typer.Option(min=0.0, help="Current of your board asleep, uA.")
    ] = None,
    windows: Annotated[float, typer.Option(min=0.0, help="Windows looked at an hour.")] = 60,
    labels: Annotated[float, typer.Option(min=0.0, help="Labels a day.")] = 20,
    steps: Annotated[
        int | None,
        typer.Option(min=1, help="Learning steps a label; those of its firmware without it."),
    ] = None,
    battery: Annotated[float, typer.Option(min=0.0, help="Its capacity, mAh.")] = 220,
    json: Json = False,
) -> None:
    """Energy of a prediction, an update and a day: estimated instructions, a board's currents.

    Instructions are a model's that was fitted to counts in QEMU, for assumed shares of zeros; those
    of float32 are an estimate per multiply-accumulate. The chip alone: what sensor and radio take
    comes on top.
    """
    given = {
        "microamps_per_mhz": current,
        "megahertz": clock,
        "volts": voltage,
        "sleep_microamps": sleep,
    }
    where = _board(board, {key: value for key, value in given.items() if value is not None})
    subject = _subject(name, where.target)
    question = Question(where.target, shares=subject.shares)
    step = estimate(subject.record, subject.train, question).cost
    work = Work(subject.front_ends, step.forward, step.total)
    each = steps or subject.steps
    found = day(where, work, Schedule(windows, labels, each))
    layers = Network(subject.record, train=subject.train).layers
    floats = float_step(where.target, layers)
    values = _values(where, work, found) | {
        "name": name,
        "board": board,
        "steps_per_label": each,
        "battery_days": found.days(where, battery),
        "float_step_instructions": round(floats),
        "float_is": f"estimate: {FLOAT_PER_MAC[where.target]:g} instructions a multiply-accumulate",
        "firmware_ram": subject.ram,
        "fits": None if subject.ram is None or not where.ram else subject.ram <= where.ram,
        "float_to_integer": floats / work.learn,
    }
    answer(json, values, _summary(values, where))


def _board(name: str, given: dict[str, Any]) -> Board:
    found = board_of(name)
    if found is None:
        raise ModelError(f"--board {name}: must be one of {WHERE}")
    if not given:
        return found
    return replace(found, **given, source=f"{found.source}; {', '.join(given)} as given")


class _Subject(NamedTuple):
    """A network, the layers of it that learn, the instructions of its front ends, the shares
    of zeros to assume, learning steps a label, and bytes of RAM of its firmware if it is known."""

    record: bytes
    train: Train
    front_ends: float
    shares: Shares
    steps: int
    ram: int | None = None


def _subject(name: str, target: str) -> _Subject:
    if name.endswith(SUFFIX):
        replays = Options().filled().replays or 0
        return _Subject(load_record(Path(name)), ALL, 0.0, IMAGES, 1 + replays)
    application = load(name)
    ends = front_ends.instructions(target, application.description)
    device = application.device
    each = 1 + (learning.REPLAYS if device.slots else 0)
    record = learning.untrained(application)
    return _Subject(
        record, learning.layers(device), ends, FEATURES, each, firmware_ram(application)
    )


def _values(board: Board, work: Work, found: Day) -> dict[str, Any]:
    parts = {
        "front_ends": work.front_ends,
        "predict": work.predict,
        "inference": work.inference,
        "update": work.learn,
    }
    return {
        "target": board.target,
        "supply": asdict(board),
        "nanojoules_per_instruction": board.nanojoules,
        "instructions": {name: round(value) for name, value in parts.items()},
        "microjoules": {name: microjoules(board, value) for name, value in parts.items()},
        "day_joules": asdict(found) | {"total": found.joules},
        "mean_microamps": found.microamps(board),
    }


def _summary(values: dict[str, Any], board: Board) -> str:
    took, energy_of, day_of = (values[key] for key in ("instructions", "microjoules", "day_joules"))
    lines = [
        f"{values['name']} on {values['board']} ({board.target}, {board.megahertz:g} MHz, "
        f"{board.nanojoules:.2f} nJ an instruction)",
        *(
            f"  {name:<12}{took[name]:>12,} instructions {energy_of[name]:>10,.1f} uJ"
            for name in took
        ),
        f"  float32      {values['float_step_instructions']:>11,} instructions an update, "
        f"{values['float_to_integer']:.1f} times as many ({values['float_is']})",
        f"a day: {day_of['inference']:.3g} J looking, {day_of['learning']:.3g} J learning "
        f"({values['steps_per_label']} steps a label), {day_of['sleep']:.3g} J asleep; "
        f"{values['mean_microamps']:.1f} uA on average, "
        f"{values['battery_days']:,.0f} days of battery",
        "instructions: a model fitted to counts in QEMU, for assumed shares of zeros",
        f"currents: {board.source}",
        *_ram(values, board),
    ]
    return "\n".join(lines)


def _ram(values: dict[str, Any], board: Board) -> list[str]:
    if values["fits"] is None:
        return []
    need, have = values["firmware_ram"] / 1024, board.ram // 1024
    verdict = "" if values["fits"] else ": it does NOT fit"
    return [f"RAM: the firmware takes about {need:.0f} KB of this part's {have} KB{verdict}"]
