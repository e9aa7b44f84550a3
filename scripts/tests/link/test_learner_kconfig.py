# SPDX-License-Identifier: Apache-2.0
"""Kconfig has every option of the learner, by its name, with the default and the range of C."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from tintin.errors import InputError
from tintin.learner import EngineError, Learner
from tintin.learner_options import SIGNALS, GuardOptions, Options

ROOT = Path(__file__).resolve().parents[3]
RECORD = (ROOT / "app" / "models" / "digits.tt").read_bytes()
KCONFIG = (ROOT / "modules" / "tintin" / "zephyr" / "Kconfig").read_text()
SYMBOL = re.compile(
    r"^config TINTIN_LEARNER_(\w+)\n(?:\t(?!default|range).*\n)*\tdefault (\d+).*\n"
    r"(?:\tdefault.*\n)*(?:\trange (\d+) (\d+))?",
    flags=re.MULTILINE,
)
SYMBOLS = {m[1]: tuple(int(n) for n in m.groups()[1:] if n) for m in SYMBOL.finditer(KCONFIG)}
OWN_DEFAULT = {"SLOTS", "SHARE"}  # a device has less room than a computer; a method's share
ELSEWHERE = {"method", "seed", "guard", "drift"}  # a choice, a hexadecimal number, groups
GUARD = [field.name for field in fields(GuardOptions)]
PLAIN = [field.name for field in fields(Options) if field.name not in ELSEWHERE]
DRIFT = [f"drift_{signal}_{what}" for signal in SIGNALS for what in ("threshold", "delta")]
UNIT = {"threshold": 2**10, "delta": 2**16}


def symbol(name: str) -> tuple[int, ...]:
    """Default and range."""
    return SYMBOLS["NCM_MEMORY" if name == "memory" else name.upper()]


def options(name: str, value: int) -> Options:
    """Options with one of them set."""
    if name in GUARD:
        return Options(guard=GuardOptions(**{name: value}))
    if name in PLAIN:
        return Options(**{name: value})  # type: ignore[arg-type]
    _, signal, what = name.split("_")
    changed = replace(Options().filled().drift[signal], **{what: value / UNIT[what]})
    return Options(drift={signal: changed})


@pytest.mark.parametrize("name", [*PLAIN, *GUARD, *DRIFT])
def test_an_option_has_its_symbol_with_the_range_of_c(name):
    _, low, high = symbol(name)
    for good in (low, high):
        Learner(RECORD, options(name, good))
    # A share of 1, below its range here, is the method's own.
    for bad in (high + 1,) if name == "share" else (low - 1, high + 1):
        with pytest.raises((EngineError, InputError)):
            Learner(RECORD, options(name, bad))


def test_the_defaults_are_those_of_c():
    c = Options().filled()
    for name in PLAIN:
        if name.upper() not in OWN_DEFAULT:
            assert symbol(name)[0] == getattr(c, name), name
    for name in GUARD:
        assert symbol(name)[0] == getattr(c.guard, name), name
    for name in DRIFT:
        _, signal, what = name.split("_")
        assert symbol(name)[0] == round(getattr(c.drift[signal], what) * UNIT[what]), name
