# SPDX-License-Identifier: Apache-2.0
"""Many lives: scenarios by setups by seeds, on a few processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tintin.errors import DataError
from tintin.lifelong.agent import Setup
from tintin.lifelong.catalogue import scenario
from tintin.lifelong.life import Life, live

# Each life is one thread of small products; more only get into each other's way.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Job:
    """One life to be lived."""

    scenario: str
    setup: Setup
    seed: int
    data_dir: Path | None = None


def available(
    names: Sequence[str], data_dir: Path | None, skip: Callable[[str], None]
) -> list[str]:
    """The scenarios whose data are here; `skip` is told of each other in one line.

    Raises DataError when there is none, InputError for a name that is none.
    """
    found, reasons = [], []
    for name in names:
        try:
            scenario(name, data_dir, 0)
            found.append(name)
        except DataError as error:
            reasons.append(f"{name}: {error}")
    if not found:
        raise DataError("; ".join(reasons) or "no scenario was named")
    for reason in reasons:
        skip(reason)
    return found


def run(jobs: Sequence[Job], processes: int = 1) -> Iterator[Life]:
    """The lives, as they end."""
    if processes == 1 or len(jobs) == 1:
        yield from map(_live, jobs)
        return
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    # Not forked: a progress bar's thread may be at work in this process.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        futures = [pool.submit(_live, job) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _live(job: Job) -> Life:
    return live(scenario(job.scenario, job.data_dir, job.seed), job.setup, job.seed)
