# SPDX-License-Identifier: Apache-2.0
"""`west tintin ...` is `tintin ...`: the command line where west's users look for it."""

from __future__ import annotations

import argparse
import subprocess
import sys

from west.commands import WestCommand


class Tintin(WestCommand):
    """Passes its words on to the installed package."""

    def __init__(self) -> None:
        super().__init__(
            "tintin",
            "models, training and boards of Tin-Tin",
            "Runs the `tintin` program with the words that follow: `west tintin info model.tt`.",
            accepts_unknown_args=True,
        )

    def do_add_parser(self, parser_adder: argparse._SubParsersAction) -> argparse.ArgumentParser:
        """Take every word as it is, --help among them."""
        return parser_adder.add_parser(self.name, help=self.help, add_help=False)

    def do_run(self, args: argparse.Namespace, unknown: list[str]) -> None:
        """Run it, and end with its exit code."""
        program = [sys.executable, "-c", "from tintin.cli import main; main()"]
        sys.exit(subprocess.run([*program, *unknown], check=False).returncode)
