# SPDX-License-Identifier: Apache-2.0
"""tintin application: what the firmware's build needs of an application."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from tintin.cli.options import Json, answer, load_record
from tintin.errors import ModelError
from tintin.files import write_atomically
from tintin.signals.application import NAMES, VARIANTS, Application, load
from tintin.signals.firmware import HERE, factory_record, files
from tintin.signals.fits import check_centres, check_network
from tintin.signals.pretrain import prepare, train
from tintin.signals.synthetic import recordings

MODEL, CENTRES = "model.tt", "model.centres"
HELP = f"{', '.join(NAMES + VARIANTS)}, or a description of yours (.json)."


class Network(NamedTuple):
    """A record, and the centres that its features are made with."""

    record: bytes
    centres: bytes


def _given(described: Application, path: Path) -> Network:
    record, beside = load_record(path), path.with_suffix(Path(CENTRES).suffix)
    check_network(described, record, str(path))
    centres = beside.read_bytes()
    check_centres(described, centres, str(beside))
    return Network(record, centres)


def _is_firmwares(out: Path, name: str) -> bool:
    """Is it the folder that -DAPPLICATION=NAME means? Another one is named by its path."""
    return out.resolve() == (Path("app") / "applications" / name).resolve()


def _trained(described: Application) -> Network:
    prepared = prepare(described, recordings(described))
    return Network(train(described, prepared, 1).record, prepared.centres)


def application(
    name: Annotated[str, typer.Argument(metavar="NAME", help=HELP)],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The folder to write (app/applications/NAME); it may lie anywhere.",
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="A record of `tintin pretrain`, its .centres beside it, to embed."),
    ] = None,
    synthetic: Annotated[
        bool,
        typer.Option(
            help="Train its network on signals made up here, which say little of real ones."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Write an application's overlays and configuration for `west build -- -DAPPLICATION=NAME`,
    or =/absolute/path of a folder elsewhere.

    Without --model and --synthetic the network that lies in the folder stays.
    """
    if model is not None and synthetic:
        raise ModelError("--model and --synthetic: one of them")
    described = load(name)
    out = folder or Path("app") / "applications" / described.name
    network = _trained(described) if synthetic else _given(described, model or out / MODEL)
    record = factory_record(described, network.record)
    inside = _is_firmwares(out, described.name)
    place = "" if inside else HERE
    texts = {file: text.encode() for file, text in files(described, record, place).items()}
    texts |= {MODEL: record, CENTRES: network.centres}
    if not out.parent.is_dir():
        raise ModelError(f"{out.parent} is not there: --out names the folder to write")
    out.mkdir(exist_ok=True)
    for file, text in texts.items():
        write_atomically(out / file, text)
    values = {"application": described.name, "folder": str(out), "written": sorted(texts)}
    said = (
        f"west build -b <board> app -- -DAPPLICATION={described.name if inside else out.resolve()}"
    )
    answer(json, values, f"{out}: {', '.join(sorted(texts))}\n{said}")
