# SPDX-License-Identifier: Apache-2.0
"""Run the engine as a bare Cortex-M program in QEMU, or as the same program on this computer.

    image = bare.build("m3")
    job = bare.Job(record, [bare.learn(x, label) for x, label in stream])
    result = bare.run(image, job)
    after_power_cycle = bare.run(image, bare.Job(result.record, more))

Needs make and, for a Cortex-M, Debian's gcc-arm-none-eabi, picolibc-arm-none-eabi and
qemu-system-arm: `missing(target)` says in one line what is not there. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TRAIN_ALL = 0xFFFFFFFF
TRAIN_NONE = 0

Predictions = list[tuple[int, int]]  # label, confidence in Q15
Progress = Callable[[Predictions], None]

_JOB = struct.Struct("<4sIBBHII")
_OPERATION = struct.Struct("<BBH")
_SLICE = struct.Struct("<II")
_REPORT = struct.Struct("<4siIIIIIIQQII80s")
_PREDICT, _LEARN, _SLICES, _FLUSH, _RATE = 1, 2, 3, 4, 5
_FAULT_EXIT = 99
_ARRAYS = ("runner_arena", "runner_sample", "runner_slices")
SHIFT = 3


class BareError(RuntimeError):
    """A build or a run that failed, with its reason in one sentence."""


@dataclass(frozen=True)
class Target:
    """A machine of QEMU; its memory map and processor are in the Makefile.

    m0-mps2 is code for a Cortex-M0 on an M3 that has the memory for larger networks: a core that
    executes Armv6-M instructions as they are, so that their number is that of an M0.

    tick: nanoseconds of one count of SysTick. An instruction takes 2^shift of them (run()).
    """

    name: str
    machine: str
    tick: float
    record_at: int


HOST = "host"
TARGETS = {
    t.name: t
    for t in (
        Target("m0", "microbit", 62.5, 0x20000),
        Target("m0-mps2", "mps2-an385", 40.0, 0x200000),
        Target("m3", "mps2-an385", 40.0, 0x200000),
        Target("m4", "mps2-an386", 40.0, 0x200000),
        Target("m55", "mps3-an547", 31.25, 0x1000000),
    )
}


@dataclass(frozen=True)
class Image:
    """A built runner. library: the engine alone, for checks of its symbols."""

    target: str
    path: Path
    library: Path


@dataclass(frozen=True)
class Operation:
    """One step of a job: make it with predict(), learn(), ... below."""

    code: int
    value: int = 0
    sample: bytes = b""


def _sample(x: bytes | Iterable[int]) -> bytes:
    if isinstance(x, (bytes, bytearray, memoryview)):
        return bytes(x)
    values = [int(v) for v in x]
    return struct.pack(f"<{len(values)}b", *values)


def predict(x: bytes | Iterable[int]) -> Operation:
    """Predict one sample: int8 values, or their bytes."""
    return Operation(_PREDICT, 0, _sample(x))


def learn(x: bytes | Iterable[int], label: int) -> Operation:
    """Learn from one sample; its prediction is the one made before learning."""
    return Operation(_LEARN, int(label), _sample(x))


def learn_in_slices(x: bytes | Iterable[int], label: int) -> Operation:
    """Learn slice by slice; where the job is concurrent, predicting between the slices."""
    return Operation(_SLICES, int(label), _sample(x))


def flush() -> Operation:
    """Apply an unfinished mini-batch."""
    return Operation(_FLUSH)


def rate(mantissa: int, shift: int) -> Operation:
    """Learning rate mantissa / 8 * 2^-shift from here on."""
    return Operation(_RATE, mantissa | (shift & 0xFF) << 8)


@dataclass(frozen=True)
class Job:
    """A record, and what to do with it. train: bit l set lets layer l learn."""

    record: bytes
    operations: Sequence[Operation]
    train: int = TRAIN_ALL
    batch_log2: int = 0
    concurrent: bool = False

    def samples(self) -> list[Operation]:
        """Give the operations that have a sample, and therefore a prediction."""
        return [op for op in self.operations if op.sample]

    def pack(self) -> bytes:
        """Give the job as the runner reads it (job.h)."""
        lengths = {len(op.sample) for op in self.samples()}
        if len(lengths) > 1:
            raise ValueError(f"samples of different lengths: {sorted(lengths)}")
        length = lengths.pop() if lengths else 0
        head = _JOB.pack(
            b"TJOB", self.train, self.batch_log2, self.concurrent, 0, length, len(self.operations)
        )
        pad = bytes(-length % 4)
        return head + b"".join(
            _OPERATION.pack(op.code, 0, op.value) + (op.sample + pad if op.sample else b"")
            for op in self.operations
        )


@dataclass(frozen=True)
class Result:
    """What a run gave.

    record: the network as saved at the end; predictions: (label, confidence in Q15) for each
    sample; hits: samples to learn from that had been predicted right; arena, ram, flash, stack:
    bytes, ram with arena, sample, variables and stack, flash of program and constants without
    the record. Instructions are means over the job, None on the host or where nothing was timed.
    instructions_per_slice: of learn_in_slices(), for each slice over the steps that came to it (a
    sample without an error ends with the loss): forward of layers 0..n-1, loss, then backward and
    update from layer n-1 down to the first that learns.
    """

    record: bytes
    predictions: Predictions
    hits: int
    arena: int
    ram: int | None
    flash: int | None
    stack: int | None
    instructions_per_step: float | None
    instructions_per_predict: float | None
    instructions_per_loop: float | None
    instructions_per_slice: list[float] | None


def missing(target: str) -> str | None:
    """What a target lacks on this computer, in one line; None when it can be built and run."""
    tools = ["make", "cc"] if target == HOST else ["make", "arm-none-eabi-gcc", "qemu-system-arm"]
    for tool in tools:
        if shutil.which(tool) is None:
            return f"{target}: {tool} is not installed"
    if target == HOST:
        return None
    specs = _output(["arm-none-eabi-gcc", "-print-file-name=picolibc.specs"]).strip()
    if not os.path.isabs(specs):
        return f"{target}: picolibc-arm-none-eabi is not installed"
    if f"\n{TARGETS[target].machine} " not in _output(["qemu-system-arm", "-M", "help"]):
        return f"{target}: this QEMU has no machine {TARGETS[target].machine}"
    return None


def build(
    target: str, *, training: bool = True, folder: Path | None = None, strict: bool = False
) -> Image:
    """Compile engine and runner for "host" or one of TARGETS.

    strict: a warning is an error. Raises BareError with the compiler's words when it fails.
    """
    name = target if training else f"{target}-inference"
    out = folder or HERE.parent / "build" / "bare" / name
    make(HERE, f"TARGET={target}", f"BUILD={out}", f"TRAINING={training:d}", f"STRICT={strict:d}")
    return Image(target, out / "runner", out / "libtintin.a")


def make(source: Path, *variables: str) -> None:
    """Run make in a folder whose Makefile includes target.mk. Raises BareError when it fails."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-s", "-j2", "-C", str(source), *variables],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode != 0:
        raise BareError(f"{source.name} {variables[0]} does not build: {done.stderr.strip()}")


def run(
    image: Image,
    job: Job,
    *,
    progress: Progress | None = None,
    timeout: float = 600.0,
    shift: int = SHIFT,
) -> Result:
    """Run a job to its end. progress is called now and then with the predictions made so far.

    shift: how finely instructions are counted, 0..9. A measurement is exact to Target.tick /
    2^shift instructions, and one may last 2^24 times that: with the default 5 and 84 million
    on an M3.
    Raises BareError when the engine refuses something, with its reason, or when QEMU fails.
    """
    with tempfile.TemporaryDirectory(prefix="tintin-bare-") as name:
        folder = Path(name)
        watch = _Watch(folder / "output", len(job.samples()), progress) if progress else None
        output = execute(
            image, folder, (job.record, job.pack()), setting=Setting(shift, timeout), watch=watch
        )
    return _result(image, job, output, shift)


@dataclass(frozen=True)
class Setting:
    """As run() takes them: how finely to count, and seconds to wait; more words for QEMU."""

    shift: int = SHIFT
    timeout: float = 600.0
    words: tuple[str, ...] = ()


def execute(
    image: Image,
    folder: Path,
    given: tuple[bytes, bytes],
    *,
    setting: Setting | None = None,
    watch: _Watch | None = None,
) -> bytes:
    """What a program on platform.h writes, `given` a record and a job, in an empty folder."""
    for name, data in zip(("record", "job"), given, strict=True):
        (folder / name).write_bytes(data)
    _execute(image, folder, setting or Setting(), watch)
    return (folder / "output").read_bytes()


@dataclass(frozen=True)
class _Watch:
    """Reads predictions from the output while it grows."""

    output: Path
    samples: int
    progress: Progress

    def look(self) -> None:
        if self.output.exists():
            done = self.output.read_bytes()[: 4 * self.samples]
            self.progress(_predictions(done))


def _execute(image: Image, folder: Path, setting: Setting, watch: _Watch | None) -> None:
    process = subprocess.Popen(
        [*_command(image, setting.shift), *setting.words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + setting.timeout
    try:
        while not _ended(process):
            if time.monotonic() > deadline:
                raise BareError(
                    f"{image.target}: the run did not end within {setting.timeout:.0f} s"
                )
            if watch:
                watch.look()
    finally:
        process.kill()
        words = process.communicate()[1]
    if watch:
        watch.look()
    if process.returncode == _FAULT_EXIT:
        raise BareError(f"{image.target}: the processor took a fault")
    if process.returncode != 0:
        raise BareError(f"{image.target}: exit code {process.returncode}: {words.strip()}")


def _ended(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(0.2)
    except subprocess.TimeoutExpired:
        return False
    return True


def _predictions(output: bytes) -> Predictions:
    whole = len(output) // 4 * 4
    return [(label, confidence) for label, confidence in struct.iter_unpack("<HH", output[:whole])]


def _command(image: Image, shift: int) -> list[str]:
    program = str(image.path.resolve())
    if image.target == HOST:
        return [program, "record", "job", "output"]
    target = TARGETS[image.target]
    return [
        *("qemu-system-arm", "-M", target.machine, "-kernel", program),
        *("-icount", f"shift={shift}", "-semihosting-config", "enable=on,target=native"),
        *("-display", "none", "-monitor", "none", "-serial", "none", "-nodefaults"),
        *("-device", f"loader,file=record,addr={target.record_at:#x},force-raw=on"),
    ]


def _result(image: Image, job: Job, output: bytes, shift: int) -> Result:
    if len(output) < _REPORT.size or output[-_REPORT.size :][:4] != b"TREP":
        raise BareError(f"{image.target}: the run left no report")
    report = _REPORT.unpack(output[-_REPORT.size :])
    _, error, at, need, stack, loop, learned, predicted, learn_ticks, predict_ticks = report[:10]
    slices, overrun, why = report[10:]
    if error != 0:
        reason = why.rstrip(b"\0").decode()
        raise BareError(f"{image.target}: operation {at}: {reason}; arena {need} bytes needed")
    if overrun:
        raise BareError(
            f"{image.target}: more instructions than the counter takes: lower the shift"
        )
    samples = job.samples()
    split = 4 * len(samples)
    predictions = _predictions(output[:split])
    hits = sum(
        op.code == _LEARN and p[0] == op.value for op, p in zip(samples, predictions, strict=True)
    )
    tick = TARGETS[image.target].tick / 2**shift if image.target in TARGETS else None
    length = len(samples[0].sample) if samples else 0
    flash, ram = _footprint(image, need + length + stack)
    return Result(
        record=output[split : -_REPORT.size - slices * _SLICE.size],
        predictions=predictions,
        hits=hits,
        arena=need,
        ram=ram,
        flash=flash,
        stack=stack or None,
        instructions_per_step=_mean(learn_ticks, learned, tick),
        instructions_per_predict=_mean(predict_ticks, predicted, tick),
        instructions_per_loop=_mean(loop, 1, tick),
        instructions_per_slice=_slices(output[: -_REPORT.size], slices, tick),
    )


def _slices(output: bytes, count: int, tick: float | None) -> list[float] | None:
    if not tick or not count:
        return None
    timed = _SLICE.iter_unpack(output[-count * _SLICE.size :])
    return [ticks * tick / runs for ticks, runs in timed]


def _mean(ticks: int, count: int, tick: float | None) -> float | None:
    return ticks * tick / count if tick and count else None


def _footprint(image: Image, used: int) -> tuple[int | None, int | None]:
    """Flash and RAM in bytes; of the runner's big arrays only what was used counts."""
    if image.target == HOST:
        return None, None
    sections = _sizes(image.path)
    reserved = sections.pop(".stack", 0) + _reserved(image.path)
    flash = sum(sections.get(name, 0) for name in (".init", ".text", ".data"))
    ram = sum(sections.get(name, 0) for name in (".data", ".bss", ".tbss_space"))
    return flash, ram - reserved + used + _sizes(image.path).get(".stack", 0)


def _sizes(path: Path) -> dict[str, int]:
    lines = _output(["arm-none-eabi-size", "-A", str(path)]).splitlines()
    words = [line.split() for line in lines if line.startswith(".")]
    return {w[0]: int(w[1]) for w in words}


def _reserved(path: Path) -> int:
    """Bytes of the runner's own arrays: as large as the target allows, or for measuring only."""
    lines = _output(["arm-none-eabi-nm", "-S", str(path)]).splitlines()
    words = [line.split() for line in lines]
    return sum(int(w[1], 16) for w in words if w[-1] in _ARRAYS)


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
