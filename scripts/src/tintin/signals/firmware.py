# SPDX-License-Identifier: Apache-2.0
"""An application's folder of the firmware, app/applications/NAME, written from its description.

app.overlay             the front ends, as properties of the node tintin,pipeline
app.conf                the model, and the memory that all of it takes
tintin_serial_sensor.overlay   the channels that a host feeds
qemu_cortex_m3.overlay  a store that holds two of its records in QEMU, in the upper part of RAM

model.tt and model.centres, beside them, come of training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tintin import record as records
from tintin.engine import arena_size
from tintin.signals import learning
from tintin.signals.application import Application, Device
from tintin.signals.pipeline import FRONT_ENDS, STATISTICS, Pipeline

RAM_START, RAM_KB = 0x20000000, 64
SLOT_HEAD = 64  # bytes of a slot before the record
ERASE_BLOCK = 1024
ALARM_STACK = 1184  # of the sampling thread, which says drift alarms: app/lifelong.conf
VERDICT_STACK = 1984  # of the shell, where a save has what was learned judged: the same file
COMPANION_HEAD = 8  # bytes before each block that is kept beside the record
HERE = "."  # app/src/CMakeLists.txt takes what begins with ./ from the folder of -DAPPLICATION
IDENTITY = 4  # bytes of the block that says with what the network was taught
PARAGRAPH = "/* SPDX-License-Identifier: Apache-2.0 */\n"


def files(application: Application, record: bytes, folder: str = "") -> dict[str, str]:
    """Names and texts of an application's files, for the record that it is built with.

    `folder`: where network and centres will lie, if that is not the firmware's own
    applications/NAME: absolute, or HERE for beside these files.
    """
    folder = folder or f"applications/{application.name}"
    return {
        "app.overlay": _overlay(application),
        "app.conf": _configuration(application, record, folder),
        "tintin_serial_sensor.overlay": _serial(application),
        "qemu_cortex_m3.overlay": _store(application, record),
    }


def factory_record(application: Application, record: bytes) -> bytes:
    """A record as the firmware embeds it: layers that do not learn there have no fractions.

    A prediction does not read them, so its bits stay; a frozen layer then takes half the flash.
    """
    if application.device.train is None:
        return record
    whole = records.read(record)
    bare = whole.without_fractions().layers
    layers = tuple(
        full if number in application.device.train else frozen
        for number, (full, frozen) in enumerate(zip(whole.layers, bare, strict=True))
    )
    return records.pack(replace(whole, layers=layers))


def _written(application: Application, what: str) -> str:
    return f"{what} Written by `tintin application {application.name}` from its description."


def _cells(values: Sequence[object]) -> str:
    return "<" + " ".join(str(value) for value in values) + ">"


def _words(chosen: Sequence[str], known: Sequence[str]) -> str:
    """In the order in which their values come."""
    return ", ".join(f'"{word}"' for word in known if word in chosen)


def _channels(application: Application) -> str:
    return _cells([f"TINTIN_CHAN_{name}" for name in application.device.channels])


def _overlay(application: Application) -> str:
    d = application.description
    numbers = {
        "scan": application.device.scan if application.device.scan > 1 else 0,
        "window": d.window,
        "hop": d.hop if d.hop != d.window else 0,
        "frames": d.frames if d.frames > 1 else 0,
        "step": d.step if d.step != d.frames else 0,
        "bands": d.bands,
        "low-hz": d.low,
        "high-hz": d.high,
        "rate-hz": d.rate,
        "slow": d.slow,
        "stuck-readings": application.device.stuck,
        "saturated-readings": application.device.saturated,
        "reading-period-us": application.device.period_us,
        "rate-slack-percent": application.device.slack,
        "timeout-ms": application.device.timeout,
        "rest-ms": application.device.rest,
        "wake-difference": application.device.wake,
    }
    properties = {"channels": _channels(application)}
    properties |= {name: _cells([value]) for name, value in numbers.items() if value}
    properties["front-ends"] = _words(d.front_ends, list(FRONT_ENDS))
    if d.statistics:
        properties["statistics"] = _words(d.statistics, list(STATISTICS))
    if d.fade != "hann":
        properties["fade"] = f'"{d.fade}"'
    body = "".join(f"\t\t{name} = {value};\n" for name, value in properties.items())
    said = f"{application.summary[0].upper()}{application.summary[1:]}."
    return (
        f"{PARAGRAPH}/* {_written(application, said)} */\n"
        "#include <zephyr/dt-bindings/tintin/channels.h>\n\n"
        f"/ {{\n\tpipeline {{\n{body}\t\t/delete-property/ shift;\n\t}};\n}};\n"
    )


def _configuration(application: Application, record: bytes, folder: str) -> str:
    device = application.device
    values = {
        "APP_MODEL": f'"{folder}/model.tt"',
        "APP_CENTRES": f'"{folder}/model.centres"',
        "APP_CLASSES": '"' + " ".join(application.classes) + '"',
        "APP_PIPELINE_SIZE": application.description.memory,
        "TINTIN_SAMPLE_SIZE": application.description.length,
        "TINTIN_ARENA_SIZE": arena_size(
            record, train=learning.layers(device), concurrent=device.concurrent
        ),
        "TINTIN_HISTORY": device.history,
        "TINTIN_QUEUE": device.queue,
    }
    if device.train is not None:
        values["TINTIN_TRAIN_LAYERS"] = f"{sum(1 << layer for layer in device.train):#x}"
    if not device.concurrent:
        values["TINTIN_CONCURRENT"] = "n"
    values |= _learner(device, record)
    lines = [f"CONFIG_{name}={value}\n" for name, value in values.items()]
    head = (
        f"# SPDX-License-Identifier: Apache-2.0\n# {_written(application, 'Model and memory.')}\n"
    )
    return head + "".join(lines)


def _learner(device: Device, record: bytes) -> dict[str, int | str]:
    values: dict[str, int | str] = {}
    if device.slots:
        values[f"TINTIN_LEARNER_METHOD_{learning.method(device).upper()}"] = "y"
        values["TINTIN_LEARNER_SLOTS"] = device.slots
        values["TINTIN_LEARNER_GUARD"] = "y" if device.guard else "n"
        values["TINTIN_LEARNER_MEMORY"] = learning.memory(device, record)
    if device.drift:
        values |= {"TINTIN_LEARNER_DRIFT": "y", "MAIN_STACK_SIZE": ALARM_STACK}
    if device.guard:
        values["TINTIN_LEARNER_LOSS_BOUND"] = learning.LOSS_BOUND
        values |= {"TINTIN_LEARNER_HITS_BOUND": learning.HITS_BOUND}
        values["SHELL_STACK_SIZE"] = VERDICT_STACK
    return values


def _serial(application: Application) -> str:
    unhurried = (
        "\n/* A serial port is slower than the sensor, and a host may wait: there is no rate. */\n"
        "/ {\n\tpipeline {\n\t\t/delete-property/ rate-slack-percent;\n\t};\n};\n"
    )
    return (
        f"{PARAGRAPH}/* {_written(application, 'What a host feeds, one int16 a channel.')} */\n"
        f"&tintin_sensor {{\n\tchannels = {_channels(application)};\n}};\n"
        f"{unhurried if application.device.slack else ''}"
    )


def _store(application: Application, record: bytes) -> str:
    beside = [learning.memory(application.device, record), *_centres_kept(application), IDENTITY]
    need = SLOT_HEAD + len(record) + sum(COMPANION_HEAD + size for size in beside)
    slot = -(-need // ERASE_BLOCK) * ERASE_BLOCK
    store_kb = 2 * slot // 1024
    start = RAM_START + (RAM_KB - store_kb) * 1024
    said = _written(application, f"A store of two slots of {slot // 1024} KB.")
    return f"""{PARAGRAPH}/* {said} */
/delete-node/ &store_memory;

&sram0 {{
	reg = <{RAM_START:#x} DT_SIZE_K({RAM_KB - store_kb})>;
}};

/ {{
	store_memory: memory@{start:x} {{
		compatible = "zephyr,memory-region", "mmio-sram";
		reg = <{start:#x} DT_SIZE_K({store_kb})>;
		zephyr,memory-region = "STORE";
	}};
}};

&flash_sim0 {{
	reg = <0 DT_SIZE_K({store_kb})>;
}};

&tintin_partition {{
	reg = <0 DT_SIZE_K({store_kb})>;
}};
"""


def _centres_kept(application: Application) -> list[int]:
    """Bytes of the block of centres that follow their sensor."""
    if application.description.slow == 0:
        return []
    return [len(Pipeline(application.description).save())]
