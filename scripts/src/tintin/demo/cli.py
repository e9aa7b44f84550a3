# SPDX-License-Identifier: Apache-2.0
"""tintin demo: the main job, and its one line of JSON at the end."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated, Any

import typer

from tintin.demo.bearing import story as bearing_story
from tintin.demo.course import RATES, digits_course
from tintin.demo.errors import DemoError
from tintin.demo.repository import BUILD, root
from tintin.demo.story import Demo, Say
from tintin.errors import InputError

GOAL = 0.955
DIGITS, BEARING = "digits", "bearing"


def _verdict(told: dict[str, Any]) -> None:
    """Raise DemoError where the demo did not show what it promises."""
    if told["host_equal"] is False:
        raise DemoError("the device's weights differ from the host's after the same stream")
    if told["accuracy_after_power_cycle"] != told["accuracy_after"]:
        raise DemoError("the accuracy after the power cycle is another one")
    if told["passes"] >= len(RATES) and told["accuracy_after"] < GOAL:
        raise DemoError(f"{told['accuracy_after']:.2%} of the held-out digits, below {GOAL:.1%}")


def _bearing(seed: int, picture: Path, host: bool, quiet: bool) -> None:
    course = bearing_story.taught(seed, quiet)
    place = bearing_story.HOST if host else bearing_story.best_place(course, _sayer(quiet))
    told = bearing_story.tell(place, course, picture, quiet)
    typer.echo(json_format.dumps(told))
    bearing_story.check(told)


def _sayer(quiet: bool) -> Say:
    def say(text: str) -> None:
        if not quiet:
            typer.echo(f"demo: {text}", err=True)

    return say


def _folder() -> Path:
    """Of pictures: the checkout's build folder, or here."""
    try:
        return root() / BUILD
    except DemoError:
        return Path()


def demo(
    name: Annotated[
        str, typer.Argument(metavar="[digits|bearing]", help="What the device senses.")
    ] = DIGITS,
    passes: Annotated[
        int, typer.Option(min=1, max=20, help="Passes over the 1347 training digits.")
    ] = len(RATES),
    seed: Annotated[int, typer.Option(min=0, help="Of samples, and their order.")] = 1,
    picture: Annotated[
        Path | None, typer.Option(help="Of bearing: the PNG (build/demo/bearing.png).")
    ] = None,
    bare: Annotated[bool, typer.Option("--bare", help="A bare Cortex-M3, without Zephyr.")] = False,
    host: Annotated[bool, typer.Option("--host", help="This computer alone.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Nothing but the line of JSON.")] = False,
) -> None:
    """A microcontroller that knows nothing learns digits from its sensor and keeps them.

    Firmware in QEMU, labelled samples over its second serial port and its shell, a power cycle,
    and a comparison with the engine on this computer in every bit. Ends with a line of JSON.

    bearing: a monitor that was taught at one load of a machine meets other loads and a new fault,
    and adapts; readings of a model of the machine, over the same serial port.
    """
    if name not in (DIGITS, BEARING):
        raise InputError(f"demo {name}: must be {DIGITS} or {BEARING}")
    if name == BEARING and bare:
        raise InputError("demo bearing: --bare is for the digits; without Zephyr there is --host")
    if name == BEARING:
        _bearing(seed, picture or _folder() / "bearing.png", host, json)
        return
    story = Demo(root(), digits_course(seed, passes), _sayer(json))
    if host:
        place = story.on_host()
    elif bare:
        place = story.bare_metal() or story.on_host()
    else:
        place = story.best_place()
    told = story.tell(place, quiet=json)
    typer.echo(json_format.dumps(told))
    _verdict(told)
