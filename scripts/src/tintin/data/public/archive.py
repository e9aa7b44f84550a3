# SPDX-License-Identifier: Apache-2.0
"""A data set's original files: in a zip, in a tar, or unpacked in a folder."""

from __future__ import annotations

import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tintin.errors import DataError

DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError)


class Originals:
    """Files by their names alone: folders differ from archive to archive."""

    def __init__(self, where: Path, paths: list[str], read: Callable[[str], bytes]) -> None:
        self.where = where
        self._read = read
        self._paths: dict[str, list[str]] = {}
        for path in sorted(paths):
            self._paths.setdefault(path.rpartition("/")[2], []).append(path)

    def matching(self, pattern: str) -> list[re.Match[str]]:
        """Names of the pattern, in order."""
        compiled = re.compile(pattern)
        found = (compiled.fullmatch(name) for name in sorted(self._paths))
        return [match for match in found if match is not None]

    def read(self, name: str) -> bytes:
        """The content of the one file of this name. Raises DataError."""
        paths = self._paths.get(name, [])
        if len(paths) != 1:
            raise DataError(f"{self.where}: {len(paths) or 'no'} files in it are called {name}")
        try:
            return self._read(paths[0])
        except DAMAGED as error:
            raise DataError(f"{self.where}: {name} is damaged: {error}") from None


@contextmanager
def originals(where: Path) -> Iterator[Originals]:
    """Open a zip, a tar or a folder. Raises DataError, OSError."""
    if where.is_dir():
        names = [str(path.relative_to(where).as_posix()) for path in where.rglob("*")]
        yield Originals(where, names, lambda name: (where / name).read_bytes())
    elif zipfile.is_zipfile(where):
        with zipfile.ZipFile(where) as packed:
            yield Originals(where, packed.namelist(), packed.read)
    else:
        with _tar(where) as tape:
            members = {member.name: member for member in tape.getmembers() if member.isfile()}
            yield Originals(where, list(members), lambda name: _member(tape, members[name]))


def _tar(where: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(where)
    except (tarfile.TarError, EOFError, zlib.error):
        raise DataError(f"{where}: not a zip, a tar or a folder") from None


def _member(tape: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tape.extractfile(member)
    return b"" if file is None else file.read()
