# SPDX-License-Identifier: Apache-2.0
"""tintin data: the public sets that applications are trained with, downloaded and checked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from tintin.cli.options import Json, answer
from tintin.cli.progress import on_stderr
from tintin.data.places import ENVIRONMENT, cache
from tintin.data.public.catalogue import PUBLIC, Public
from tintin.data.public.obtain import SCHEMES, is_there, obtain, place
from tintin.errors import DataError


def data(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help=f"{', '.join(PUBLIC)}.")
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Where to put it (or $TINTIN_DATA; else ~/.cache/tintin/data)."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Its archive (zip, tar), unpacked folder, or address in place of its own.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Download an application's data set, convert it and check its contents; without NAME, list.

    The values that come out are checked by their SHA-256, whatever archive they came in.

    Conversions have been run on the original files. Downloads have been tested from a server of
    the tests alone, never from GitHub, where the sets are.
    """
    folder = data_dir or Path(os.environ.get(ENVIRONMENT) or cache())
    if name is None:
        if source is not None:
            raise DataError("--from: of which set? give its NAME")
        listed = {key: _values(key, public, folder) for key, public in PUBLIC.items()}
        answer(json, listed, "\n".join(_line(values) for values in listed.values()))
        return
    if name not in PUBLIC:
        raise DataError(f"{name}: must be one of {', '.join(PUBLIC)}")
    public = PUBLIC[name]
    path = place(public, folder)
    had = is_there(public, path) and source is None
    if not had:
        _obtain(name, public, path, source or public.url)
    values = _values(name, public, folder) | {"downloaded": not had}
    answer(json, values, f"{_line(values)}\ntintin pretrain {name} --data-dir {folder}")


def _obtain(name: str, public: Public, path: Path, source: str) -> None:
    bar = Progress(
        *(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()),
        console=on_stderr(),
    )
    near = not source.startswith(SCHEMES)
    task = bar.add_task(f"{name}: converting" if near else name, total=None)

    def tell(got: int, total: int | None) -> None:
        word = f"{name}: converting" if got == total else name
        bar.update(task, completed=got, total=total, description=word)

    with bar:
        obtain(public, path, source, tell)


def _values(name: str, public: Public, folder: Path) -> dict[str, Any]:
    path = place(public, folder)
    return {
        "name": name,
        "title": public.home.title,
        "file": str(path),
        "there": is_there(public, path),
        "contents_sha256": public.contents,
        "url": public.url,
        "page": public.page,
        "terms": public.terms,
    }


def _line(values: dict[str, Any]) -> str:
    where = values["file"] if values["there"] else f"not here; from {values['url']}"
    return f"{values['name']}: {values['title']}, {where} (terms: {values['terms']})"
