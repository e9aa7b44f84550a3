# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong is one line on stderr, and with --json one object on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from tintin.errors import TintinError

USAGE = 2
FAILURE = 1
INTERRUPTED = 130  # what typer makes of Ctrl-C
UNREADABLE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)


def explain(error: BaseException) -> tuple[str, int] | None:
    """The line and the exit code for an error that a user can do something about."""
    if hasattr(error, "format_message"):  # typer's own: a wrong option, a missing argument
        return error.format_message(), getattr(error, "exit_code", USAGE)
    if isinstance(error, TintinError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        code = USAGE if isinstance(error, UNREADABLE) else FAILURE
        return f"{where}{error.strerror or error}", code
    return None


class OneLineGroup(TyperGroup):
    """A group of commands whose failures are one line each."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line and exit, 0 for success."""
        given = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(given, prog_name, complete_var, False, windows_expand_args, **extra)
        except BaseException as error:
            said = explain(error)
            if said is None or not standalone_mode:
                raise
            line = " ".join(said[0].split())
            if "--json" in given:
                typer.echo(json.dumps({"error": line}))
            typer.echo(f"tintin: {line}", err=True)
            sys.exit(said[1])
        if code == INTERRUPTED:
            typer.echo("tintin: interrupted", err=True)
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code
