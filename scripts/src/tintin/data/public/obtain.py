# SPDX-License-Identifier: Apache-2.0
"""A public set brought to this computer: archive, conversion, check of contents, file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tintin.data.npz import arrays
from tintin.data.public.archive import originals
from tintin.data.public.catalogue import Public
from tintin.data.public.contents import Arrays, digest
from tintin.data.public.download import Progress, downloaded
from tintin.errors import DataError
from tintin.files import write_atomically

SCHEMES = ("http://", "https://")


def place(public: Public, folder: Path) -> Path:
    """The file of a set in a folder of data."""
    return folder / public.home.names[0] / public.file


def is_there(public: Public, path: Path) -> bool:
    """Does the file hold the values that it should?"""
    if not path.is_file():
        return False
    try:
        return digest(_of_set(public, arrays(path))) == public.contents
    except DataError:
        return False


def obtain(public: Public, path: Path, source: str, progress: Progress) -> None:
    """Write the file from an address, or from an archive or a folder on this computer.

    Raises DataError, and leaves what was there, where that does not hold the set as it should.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _archive(source, path.parent, progress) as archive:
            found = _converted(public, archive, source)
        write_atomically(path, _packed(found))
    except OSError as error:
        raise DataError(f"{error.filename or path.parent}: {error.strerror or error}") from None


@contextmanager
def _archive(source: str, folder: Path, progress: Progress) -> Iterator[Path]:
    if source.startswith(SCHEMES):
        with downloaded(source, folder, progress) as file:
            yield file
    else:
        yield Path(source)


def _converted(public: Public, archive: Path, source: str) -> Arrays:
    try:
        with originals(archive) as files:
            found = public.convert(files)
    except (DataError, ValueError, LookupError) as error:
        said = str(error).replace(str(archive), source)
        raise DataError(
            f"{said}; expected are {public.expected}, as {public.page} has them"
        ) from None
    actual = digest(found)
    if actual != public.contents:
        raise DataError(
            f"{source}: not the {public.home.title} that is known here: SHA-256 of its values is "
            f"{actual}, not {public.contents}"
        )
    return found


def _of_set(public: Public, found: Arrays) -> Arrays:
    return {name: found[name] for name in public.arrays if name in found}


def _packed(found: Arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **found)  # type: ignore[arg-type]
    return file.getvalue()
