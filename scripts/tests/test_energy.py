# SPDX-License-Identifier: Apache-2.0
"""tintin energy: instructions times what a board says, and a day that adds up."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tintin import record as records
from tintin.cli.app import app
from tintin.cost.day import DAY, FLOAT_PER_MAC, Schedule, Work, day, float_step
from tintin.cost.energy import BOARDS, CYCLES, SUPPLIES, board_of
from tintin.cost.firmware_ram import GLUE, firmware_ram
from tintin.cost.instructions import targets
from tintin.engine import Network
from tintin.errors import ModelError
from tintin.signals.application import NAMES, load

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import results
import signals_cost

BOARD = BOARDS["stm32l151"]


def told(*words: str) -> Any:
    result = CliRunner().invoke(app, ["energy", *words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_core_has_a_board_that_stands_for_it() -> None:
    assert set(SUPPLIES) == set(targets()) == set(FLOAT_PER_MAC)
    for target, board in SUPPLIES.items():
        assert board.target == target
        assert board in BOARDS.values()


def test_a_day_is_windows_labels_and_sleep() -> None:
    work = Work(front_ends=1e6, predict=1e5, learn=2e6)
    found = day(BOARD, work, Schedule(3600, 100, 8))
    each = 300e-6 / 1e6 * 3.0 * CYCLES  # J an instruction
    assert found.inference == pytest.approx(86400 * 1.1e6 * each)
    assert found.learning == pytest.approx(800 * 2e6 * each)
    busy = (86400 * 1.1e6 + 800 * 2e6) * CYCLES / 32e6
    assert found.awake == pytest.approx(busy / DAY)
    assert found.sleep == pytest.approx(1.4e-6 * 3.0 * (DAY - busy))
    assert found.microamps(BOARD) == pytest.approx(found.joules / DAY / 3.0 * 1e6)
    assert found.days(BOARD, 100) == pytest.approx(100e-3 * 3600 * 3.0 / found.joules)


def test_a_device_that_does_nothing_sleeps() -> None:
    found = day(BOARD, Work(1e6, 1e5, 2e6), Schedule(0, 0, 8))
    assert found.microamps(BOARD) == pytest.approx(1.4)


def test_more_than_a_day_of_work_a_day_is_refused() -> None:
    with pytest.raises(ModelError, match="days of computing a day"):
        day(BOARD, Work(1e8, 1e8, 1e8), Schedule(3600, 0, 1))


@pytest.mark.parametrize("name", NAMES)
def test_integers_take_a_fraction_of_the_energy_that_float_takes(name: str) -> None:
    values = told(name)
    assert values["float_to_integer"] > 5.6  # the paper's 82 %
    took = values["instructions"]
    assert took["inference"] == pytest.approx(took["front_ends"] + took["predict"], abs=1)
    assert took["update"] > took["predict"]
    each = values["microjoules"]["update"] / took["update"]
    assert each == pytest.approx(values["nanojoules_per_instruction"] / 1000, rel=1e-3)


def test_a_board_of_ones_own_is_what_one_says() -> None:
    words = ["--current", "50", "--voltage", "1.8", "--clock", "16", "--sleep", "5"]
    values = told("bearing", "--board", "nrf52840dk", *words, "--windows", "0", "--labels", "0")
    assert values["target"] == "cortex-m4"
    assert values["nanojoules_per_instruction"] == pytest.approx(50 * 1.8 * CYCLES / 1000)
    assert values["mean_microamps"] == pytest.approx(5)
    assert "as given" in values["supply"]["source"]


def test_a_record_alone_has_no_front_ends(tmp_path: Path) -> None:
    path = tmp_path / "net.tt"
    path.write_bytes(records.write(load("gas").model, 1))
    values = told(str(path), "--board", "cortex-m0")
    assert values["instructions"]["front_ends"] == 0
    assert values["instructions"]["predict"] > 0


def test_a_board_that_there_is_not_is_one_line() -> None:
    result = CliRunner().invoke(app, ["energy", "gas", "--board", "abacus"])
    assert result.exit_code == 2
    assert "abacus: must be one of mspm0g3507" in result.stderr


def test_the_float_estimate_is_within_a_third_of_what_was_counted() -> None:
    rows = [r for r in results.reference("signals_cost") if r.engine == "float32 C"]
    steps = {r.network: r.value for r in rows if r.unit == "instructions"}
    assert set(steps) >= set(NAMES)
    for name in NAMES:
        layers = Network(records.write(load(name).model, 1)).layers
        assert float_step("cortex-m3", layers) == pytest.approx(steps[name], rel=0.33)


@pytest.mark.parametrize("name", NAMES)
def test_an_update_takes_about_what_was_counted(name: str) -> None:
    rows = [r for r in results.reference("signals_cost") if r.method == signals_cost.kept(name)]
    (counted,) = [r.value for r in rows if r.network == name and r.unit == "instructions"]
    path_values = told(name, "--board", "cortex-m3")
    if load(name).device.train is None:  # all layers, as was counted
        assert path_values["instructions"]["update"] == pytest.approx(counted, rel=0.1)
    else:
        assert path_values["instructions"]["update"] < counted


OVERLAYS = Path(__file__).parents[2] / "app" / "boards"
EMULATED = ("qemu_", "mps2_")


@pytest.mark.parametrize(
    "name",
    [p.stem for p in sorted(OVERLAYS.glob("*.overlay")) if not p.stem.startswith(EMULATED)],
)
def test_every_board_that_the_application_has_an_overlay_for_is_known(name: str) -> None:
    assert any(name == known or name.startswith(f"{known}_") for known in BOARDS)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("nrf52840dk/nrf52840", "nrf52840dk"),
        ("arduino_nano_33_ble/nrf52840/sense", "arduino_nano_33_ble"),
        ("thingy52/nrf52832", "thingy52"),
        ("rpi_pico/rp2040/w", "rpi_pico"),
        ("nucleo_l073rz/stm32l073xx", "nucleo_l073rz"),
        ("nrf52840dk@1.0.0/nrf52840", "nrf52840dk"),
        ("cortex-m3", "stm32l151"),
    ],
)
def test_boards_are_called_as_west_calls_them(name: str, known: str) -> None:
    assert board_of(name) == BOARDS[known]


@pytest.mark.parametrize("name", ["nrf52840dk/nrf52811", "stm32l151/any", "cortex-m3/any", "x/y"])
def test_another_chip_is_not_taken_for_the_one_that_is_known(name: str) -> None:
    result = CliRunner().invoke(app, ["energy", "gas", "--board", name])
    assert result.exit_code == 2
    assert f"--board {name}: must be one of" in result.stderr


def test_a_clock_in_hertz_is_refused() -> None:
    result = CliRunner().invoke(app, ["energy", "gas", "--clock", "1e9"])
    assert result.exit_code == 2
    assert "--clock" in result.stderr


def test_what_does_not_fit_the_part_is_said() -> None:
    assert told("words", "--board", "nucleo_l073rz")["fits"] is False
    assert told("words", "--board", "arduino_nano_33_ble")["fits"] is True
    assert told("words", "--board", "m55")["fits"] is None
    result = CliRunner().invoke(app, ["energy", "words", "--board", "nucleo_l073rz"])
    assert "of this part's 20 KB: it does NOT fit" in " ".join(result.stdout.split())


def test_estimates_are_called_estimates() -> None:
    result = CliRunner().invoke(app, ["energy", "bearing"])
    said = " ".join(result.stdout.split())
    assert "(estimate: 68 instructions a multiply-accumulate)" in said
    assert "for assumed shares of zeros" in said


def test_the_ram_of_a_firmware_is_that_of_its_configuration() -> None:
    folder = OVERLAYS.parent / "applications" / "activity"
    lines = (folder / "app.conf").read_text().splitlines()
    values = dict(line.removeprefix("CONFIG_").split("=") for line in lines if "=" in line)
    blocks = ("TINTIN_ARENA_SIZE", "APP_PIPELINE_SIZE", "TINTIN_LEARNER_MEMORY")
    windows = int(values["TINTIN_HISTORY"]) + int(values["TINTIN_QUEUE"])
    need = sum(int(values[name]) for name in blocks) + windows * int(values["TINTIN_SAMPLE_SIZE"])
    assert firmware_ram(load("activity")) == GLUE + need
