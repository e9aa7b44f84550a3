# SPDX-License-Identifier: Apache-2.0
"""The accuracy benchmark's rows, and the tables made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import mean, stdev

import results
from accuracy_methods import METHODS, Method
from accuracy_runs import Result
from accuracy_tasks import TASKS, Task
from results import Row

SUITE = "accuracy"
YARDSTICK = "float"
MEAN, SPREAD, ONE, HELD_OUT = (
    "mean test accuracy",
    "std of test accuracy",
    "test accuracy",
    "held-out accuracy",
)


def name_of(task: Task) -> str:
    """A task as the rows' `network` has it."""
    return f"{task.name}: {task.network}"


def tuning_rows(task: Task, method: Method, found: dict[float, float]) -> list[Row]:
    """What each setting that was tried gave on the held-out samples."""
    return [
        _row(task, method, f"{HELD_OUT} at {method.knob} {setting:g}", value, task.tuning_seeds)
        for setting, value in found.items()
    ]


def result_rows(task: Task, method: Method, setting: float, found: dict[int, Result]) -> list[Row]:
    """The setting, each seed's accuracy, their mean and spread, and the mean of each part."""
    seeds = list(found)
    values = [result.accuracy for result in found.values()]
    rows = [_row(task, method, method.knob, setting, task.tuning_seeds)]
    rows += [_row(task, method, ONE, found[seed].accuracy, [seed]) for seed in seeds]
    parts = found[seeds[0]].parts
    for part in parts if len(parts) > 1 else ():
        value = mean(result.parts[part] for result in found.values())
        rows.append(_row(task, method, f"{MEAN}, {part}", value, seeds))
    rows.append(_row(task, method, MEAN, mean(values), seeds))
    if len(values) > 1:
        rows.append(_row(task, method, SPREAD, stdev(values), seeds))
    return rows


def setting_of(rows: Iterable[Row], task: Task, method: Method) -> float | None:
    """The setting that an earlier run chose."""
    return _value(rows, task, method, method.knob)


def standard_error(rows: Sequence[Row], task: Task, method: Method) -> float:
    """Of the difference of a method's mean and float32's; 0 where one seed says nothing of it."""
    variance = 0.0
    for each in (method, METHODS[YARDSTICK]):
        spread = _value(rows, task, each, SPREAD) or 0.0
        variance += spread**2 / max(1, len(_of(rows, task, each, ONE)))
    return sqrt(variance)


def behind(rows: Sequence[Row], task: Task, method: Method) -> float | None:
    """Points by which a method's mean lies below float32's; None where either is unknown."""
    ours = _value(rows, task, method, MEAN)
    floats = _value(rows, task, METHODS[YARDSTICK], MEAN)
    return None if ours is None or floats is None else floats - ours


def replaced(old: Iterable[Row], new: Sequence[Row]) -> list[Row]:
    """The old rows, those of the same task and method giving way to the new; in table order."""
    redone = {(row.network, row.method) for row in new}
    kept = [row for row in old if (row.network, row.method) not in redone]
    tasks = [name_of(task) for task in TASKS.values()]
    methods = list(METHODS)
    return sorted(
        (*kept, *new), key=lambda row: (tasks.index(row.network), methods.index(row.method))
    )


def tables(rows: Sequence[Row]) -> str:
    """Mean, spread and range of every method on every task; then what was tuned; the parts."""
    tasks = [task for task in TASKS.values() if any(r.network == name_of(task) for r in rows)]
    methods = [method for name, method in METHODS.items() if any(r.method == name for r in rows)]
    header = ["data, network, passes", *(method.name for method in methods)]
    accuracy = [[_title(task, rows), *(_cell(rows, task, m) for m in methods)] for task in tasks]
    settings = [[task.name, *(_setting(rows, task, m) for m in methods)] for task in tasks]
    parts = [
        [f"{task.name}, {part}", *(_points(rows, task, m, f"{MEAN}, {part}") for m in methods)]
        for task in tasks
        for part in _parts(rows, task)
    ]
    blocks = [
        "Test accuracy, %: mean ± standard deviation [lowest to highest seed].",
        results.markdown(header, accuracy),
        "What the held-out samples chose: the learning rate, or NITI's bits of a step.",
        results.markdown(["setting", *header[1:]], settings),
    ]
    if parts:
        blocks += ["Of several test parts, the mean of each, %:"]
        blocks += [results.markdown(["part", *header[1:]], parts)]
    return "\n\n".join(blocks)


def _row(task: Task, method: Method, metric: str, value: float, seeds: Iterable[int]) -> Row:
    is_setting = metric == method.knob
    return Row(
        suite=SUITE,
        network=name_of(task),
        engine=method.engine,
        method=method.name,
        metric=metric,
        value=value if is_setting else round(value, 4),
        unit="" if is_setting else "%",
        seeds=list(seeds),
    )


def _of(rows: Iterable[Row], task: Task, method: Method, metric: str) -> list[Row]:
    wanted = (name_of(task), method.name, metric)
    return [row for row in rows if (row.network, row.method, row.metric) == wanted]


def _value(rows: Iterable[Row], task: Task, method: Method, metric: str) -> float | None:
    found = _of(rows, task, method, metric)
    return found[0].value if found else None


def _title(task: Task, rows: Iterable[Row]) -> str:
    counts = {len(r.seeds) for r in rows if r.network == name_of(task) and r.metric == MEAN}
    seeds = "-".join(str(count) for count in sorted({min(counts), max(counts)}))
    passes = "1 pass" if task.epochs == 1 else f"{task.epochs} passes"
    return f"{task.name}, {task.network}, {passes}, {seeds} seeds"


def _cell(rows: Sequence[Row], task: Task, method: Method) -> str:
    average, spread = (_value(rows, task, method, metric) for metric in (MEAN, SPREAD))
    if average is None:
        return "-"
    values = [row.value for row in _of(rows, task, method, ONE)]
    deviation = f" ± {spread:.2f}" if spread is not None else ""
    return f"{average:.2f}{deviation} [{min(values):.2f} to {max(values):.2f}]"


def _points(rows: Sequence[Row], task: Task, method: Method, metric: str) -> str:
    value = _value(rows, task, method, metric)
    return "-" if value is None else f"{value:.2f}"


def _setting(rows: Sequence[Row], task: Task, method: Method) -> str:
    value = setting_of(rows, task, method)
    if value is None:
        return "-"
    inverse = 1 / value
    power = inverse.is_integer() and int(inverse).bit_count() == 1
    return f"2^-{int(inverse).bit_length() - 1}" if power and value < 1 else f"{value:g}"


def _parts(rows: Iterable[Row], task: Task) -> list[str]:
    start = f"{MEAN}, "
    own = (row.metric for row in rows if row.network == name_of(task))
    return list(dict.fromkeys(m[len(start) :] for m in own if m.startswith(start)))
