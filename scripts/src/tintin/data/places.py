# SPDX-License-Identifier: Apache-2.0
"""Where the data sets lie on this computer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tintin.errors import DataError

ENVIRONMENT = "TINTIN_DATA"
CACHE = "XDG_CACHE_HOME"


def cache() -> Path:
    """Where `tintin data` puts what it downloads, without another word."""
    return Path(os.environ.get(CACHE) or Path.home() / ".cache") / "tintin" / "data"


@dataclass(frozen=True)
class Origin:
    """What `tintin data` calls a set, and the commit of a public repository that it is from."""

    name: str
    repository: str
    commit: str

    @property
    def url(self) -> str:
        """Of the archive of that commit."""
        return f"https://github.com/{self.repository}/archive/{self.commit}.zip"


@dataclass(frozen=True)
class Home:
    """What a data set's folder is called, and the start of a file's name that shows it is there.

    `title` names the set and `files` what it is made of, in the word about its absence.
    With `exclusive`, files count only in a folder of one of the names: another set has files
    that are called the same. `origin`: where `tintin data` has it from.
    """

    title: str
    names: tuple[str, ...]
    marker: str
    files: str
    exclusive: bool = False
    system: tuple[str, ...] = ()
    origin: Origin | None = None

    def find(self, data_dir: Path | str | None = None) -> Path:
        """The folder: in `data_dir`, else in $TINTIN_DATA, else where it is usual.

        Usual are shared/data/NAME and data/NAME of this folder or of one above, the cache of
        `tintin data`, and where a system's package puts it. Raises DataError where it is in none.
        """
        given = str(data_dir or os.environ.get(ENVIRONMENT, ""))
        folders = [*self._under(Path(given))] if given else [*self._usual()]
        for folder in (*folders, *map(Path, self.system)):
            if any(folder.glob(f"{self.marker}*")):
                return folder
        where = given or "any of the usual places"
        raise DataError(
            f"no {self.title} in {where}: {self._download()}give a folder with {self.files} "
            f"by --data-dir or {ENVIRONMENT}"
        )

    def _download(self) -> str:
        if self.origin is None:
            return ""
        host = f"github.com/{self.origin.repository}"
        return f"`tintin data {self.origin.name}` downloads it ({host}), or "

    def _under(self, folder: Path) -> Iterator[Path]:
        if not self.exclusive or folder.name in self.names:
            yield folder
        for name in self.names:
            yield folder / name

    def _usual(self) -> Iterator[Path]:
        here = Path.cwd()
        for up in (here, *here.parents):
            for name in self.names:
                yield from (up / "shared" / "data" / name, up / "data" / name)
        for name in self.names:
            yield cache() / name
