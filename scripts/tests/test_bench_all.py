# SPDX-License-Identifier: Apache-2.0
"""`make bench` runs every benchmark, says what became of each, and gathers the rows."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "tools"))
import bench_all

import results
from results import Row

PROGRAM = """
import os, pathlib, sys

def main():
    here = pathlib.Path(__file__)
    here.with_suffix(".ran").write_text(" ".join(sys.argv[1:]) + os.environ.get("TINTIN_DATA", ""))
    return {code}

if __name__ == "__main__":
    sys.exit(main())
"""
ROW = Row("good", "n", "e", "m", "x", 1.5, "%", [1])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_all, "FOLDER", tmp_path)
    monkeypatch.setattr(results, "BUILD", tmp_path / "build")
    monkeypatch.delenv("TINTIN_DATA", raising=False)
    (tmp_path / "shared.py").write_text("def used_by_all(): ...\n")
    (tmp_path / "good.py").write_text(PROGRAM.format(code=0))
    (tmp_path / "no_data.py").write_text(PROGRAM.format(code=2))
    results.save("good", [ROW])
    return tmp_path


def bench(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["bench_all", *words])
    return bench_all.main(bench_all.arguments())


def test_every_program_runs_and_rows_are_gathered(folder, monkeypatch, capfd):
    assert bench(monkeypatch) == 0
    assert (folder / "good.ran").exists()
    assert (folder / "no_data.ran").exists()
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 1 skipped"
    assert results.load(folder / "build" / "bench.json") == [ROW, *results.elsewhere()]


def test_a_broken_promise_fails_but_ends_nothing(folder, monkeypatch, capfd):
    (folder / "bad.py").write_text(PROGRAM.format(code=1))
    assert bench(monkeypatch) == 1
    assert (folder / "good.ran").exists()
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"


def test_names_run_only_those(folder, monkeypatch, capfd):
    assert bench(monkeypatch, "good") == 0
    assert not (folder / "no_data.ran").exists()
    assert bench(monkeypatch, "shared") == 2
    assert "no benchmark shared: good, no_data" in capfd.readouterr().err


def test_quick_runs_what_has_a_quick_part(folder, monkeypatch, capfd):
    (folder / "fast.py").write_text(PROGRAM.format(code=0) + '\n# takes "--quick"\n')
    assert bench(monkeypatch, "--quick") == 0
    assert (folder / "fast.ran").read_text() == "--quick"
    assert not (folder / "good.ran").exists()
    assert "good: skipped: it has no --quick part" in capfd.readouterr().out


def test_the_data_directory_reaches_the_programs(folder, monkeypatch):
    bench(monkeypatch, "good", "--data-dir", str(folder))
    assert (folder / "good.ran").read_text() == str(folder)


def test_the_benchmarks_of_the_repository_are_found():
    known = bench_all.programs()
    assert {"accuracy", "instructions"} <= set(known)
    assert not {"results", "instructions_tables", "float_c"} & set(known)
