# SPDX-License-Identifier: Apache-2.0
"""A file from a server to a temporary one; what goes wrong is one line, and nothing is left."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from tintin.errors import DataError

CHUNK: Final = 1 << 18
LARGEST: Final = 1 << 30  # what claims to be more than this is none of these sets
PATIENCE: Final = 30.0  # seconds of silence

Progress = Callable[[int, int | None], None]  # bytes so far, and of all where it is known


@contextmanager
def downloaded(url: str, folder: Path, progress: Progress) -> Iterator[Path]:
    """A temporary file with what an address has, in a folder, removed in the end.

    Raises DataError for a network or server that does not deliver all of it.
    """
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".download.") as file:
        try:
            with urlopen(url, timeout=PATIENCE) as answer:
                _stream(answer, file, progress)
        except HTTPError as error:
            raise DataError(f"{url}: {error.code} {error.reason}") from None
        except URLError as error:
            raise DataError(f"no network to {_host(url)}: {_reason(error)}") from None
        except (HTTPException, TimeoutError, ConnectionError) as error:
            raise DataError(f"{url}: broke off: {error or type(error).__name__}") from None
        file.flush()
        yield Path(file.name)


def _stream(answer: HTTPResponse, file: IO[bytes], progress: Progress) -> None:
    stated = answer.headers.get("Content-Length")
    total = int(stated) if stated and stated.isdecimal() else None
    got = 0
    while chunk := answer.read(CHUNK):
        got += len(chunk)
        if max(got, total or 0) > LARGEST:
            raise DataError(f"{answer.url}: more than {LARGEST >> 20} MB: not this data set")
        file.write(chunk)
        progress(got, total)
    if total is not None and got != total:
        raise DataError(f"{answer.url}: broke off after {got:,} of {total:,} bytes")


def _host(url: str) -> str:
    return urlsplit(url).netloc or url


def _reason(error: URLError) -> str:
    reason = error.reason
    return str(getattr(reason, "strerror", None) or reason)
