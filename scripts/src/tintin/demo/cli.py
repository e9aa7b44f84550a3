# SPDX-License-Identifier: Apache-2.0
"""tintin demo: the main job, and its one line of JSON at the end."""

from __future__ import annotations

import json as json_format
from typing import Annotated, Any

import typer

from tintin.demo.course import RATES, digits_course
from tintin.demo.errors import DemoError
from tintin.demo.repository import root
from tintin.demo.story import Demo

GOAL = 0.955


def _verdict(told: dict[str, Any]) -> None:
    """Raise DemoError where the demo did not show what it promises."""
    if told["host_equal"] is False:
        raise DemoError("the device's weights differ from the host's after the same stream")
    if told["accuracy_after_power_cycle"] != told["accuracy_after"]:
        raise DemoError("the accuracy after the power cycle is another one")
    if told["passes"] >= len(RATES) and told["accuracy_after"] < GOAL:
        raise DemoError(f"{told['accuracy_after']:.2%} of the held-out digits, below {GOAL:.1%}")


def demo(
    passes: Annotated[
        int, typer.Option(min=1, max=20, help="Passes over the 1347 training digits.")
    ] = len(RATES),
    seed: Annotated[int, typer.Option(min=0, help="Of the order of the samples.")] = 1,
    bare: Annotated[bool, typer.Option("--bare", help="A bare Cortex-M3, without Zephyr.")] = False,
    host: Annotated[bool, typer.Option("--host", help="This computer alone.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Nothing but the line of JSON.")] = False,
) -> None:
    """A microcontroller that knows nothing learns digits from its sensor and keeps them.

    Firmware in QEMU, labelled samples over its second serial port and its shell, a power cycle,
    and a comparison with the engine on this computer in every bit. Ends with a line of JSON.
    """

    def say(text: str) -> None:
        if not json:
            typer.echo(f"demo: {text}", err=True)

    story = Demo(root(), digits_course(seed, passes), say)
    if host:
        place = story.on_host()
    elif bare:
        place = story.bare_metal() or story.on_host()
    else:
        place = story.best_place()
    told = story.tell(place, quiet=json)
    typer.echo(json_format.dumps(told))
    _verdict(told)
