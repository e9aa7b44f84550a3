# SPDX-License-Identifier: Apache-2.0
"""The command line: pure JSON on demand, one line for every failure, files whole or not there."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from onnx_networks import Chain
from tintin import record as records
from tintin.cli import app
from tintin.engine import Network, arena_size
from tintin.presets import PRESETS

COMMANDS = sorted(get_command(app).commands)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def answer(*arguments):
    """The one JSON object on stdout; anything else there fails."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


def failure(*arguments):
    """The one line on stderr of a command that must fail with exit code 2."""
    before = sorted(Path().rglob("*"))
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("tintin: ")
    assert result.stderr.count("\n") == 1
    with_json = run(*arguments, "--json")
    assert with_json.exit_code == 2
    assert list(json.loads(with_json.stdout)) == ["error"]
    assert sorted(Path().rglob("*")) == before
    return result.stderr.removeprefix("tintin: ").strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_every_option_has_help(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert get_command(app).commands[command].help
    for parameter in get_command(app).commands[command].params:
        assert parameter.help, f"{command}: {parameter.name}"


def test_without_a_command_the_help_is_shown():
    result = run()
    assert result.exit_code == 0
    assert all(command in result.stdout for command in COMMANDS)


def test_the_version_is_the_package_s():
    assert run("--version").stdout == "0.1.0\n"


@pytest.mark.parametrize("preset", PRESETS)
def test_new_writes_each_preset(preset):
    values = answer("new", preset)
    data = Path(values["record"]).read_bytes()
    assert values["record"] == f"{preset}.tt"
    assert records.read(data).model == PRESETS[preset].make()
    assert values["bytes"] == len(data)
    assert values["arena"] == arena_size(data)
    assert values["crc"] == f"{records.crc(data):08x}"


def test_new_takes_sizes_files_and_descriptions():
    Path("net.yaml").write_text("input: [1, 1, 4]\nlayers: [{dense: 3}]\n")
    made = {
        records.read(Path(answer("new", *arguments, "-o", f"{i}.tt")["record"]).read_bytes()).model
        for i, arguments in enumerate(
            [
                ["--dense", "4-3"],
                ["net.yaml"],
                ["{'input': (1, 1, 4), 'layers': [{'dense': 3}]}"],
                ['{"input": [1, 1, 4], "layers": [{"dense": 3}]}'],
            ]
        )
    }
    assert len(made) == 1


def test_new_is_the_same_bytes_for_the_same_seed():
    contents = []
    for i, seed in enumerate([5, 5, 6]):
        run("new", "digits", "--seed", seed, "-o", f"{i}.tt")
        contents.append(Path(f"{i}.tt").read_bytes())
    assert contents[0] == contents[1] != contents[2]


def test_new_bounds_the_weights_of_every_layer_on_demand():
    plain, bounded = (
        records.read(Path(answer("new", "lenet5", *more)["record"]).read_bytes())
        for more in ([], ["--bounded", "-o", "bounded.tt"])
    )
    assert [layer.bounded for layer in bounded.model.layers if hasattr(layer, "bounded")] == [
        True
    ] * 5
    ends = [
        [data.state.weight_exp for data in record.layers if data.planes is not None]
        for record in (plain, bounded)
    ]
    assert all(tight < wide for wide, tight in zip(*ends, strict=True))
    shown = run("info", "bounded.tt").output
    assert shown.count("bounded") >= 5


def test_info_gives_the_engine_s_own_figures():
    run("new", "lenet5")
    data = Path("lenet5.tt").read_bytes()
    values = answer("info", "lenet5.tt", "--train", "4,6", "--batch", "8")
    network = Network(data, train=[4, 6], batch_log2=3)
    assert values["arena"] == network.arena_size
    assert values["arena_predict"] == arena_size(data, train="none")
    for shown, layer in zip(values["layers"], network.layers, strict=True):
        assert shown["kind"] == layer.kind
        assert shown["trained"] == layer.trained
        assert shown["macs"] == layer.macs
        assert shown["flash"] == layer.flash
        assert shown["arena_weights"] == layer.arena_weights
    assert values["total"]["macs"] == 416_520
    assert values["total"]["parameters"] == 61_706


def test_info_for_people_names_every_layer_and_the_totals():
    run("new", "lenet5")
    shown = run("info", "lenet5.tt", "--train", "last").stdout
    assert shown.count("conv2d 5x5 ReLU *") == 2
    assert "416,520" in shown
    assert "* does not learn: its weights stay in flash" in shown


def test_train_learns_the_digits_and_draws_the_curve():
    run("new", "digits")
    values = answer("train", "digits.tt", "--data", "digits", "--epochs", 12, "--plot", "c.png")
    assert values["test_accuracy"] >= 0.955
    assert [e["epoch"] for e in values["epochs"]] == list(range(1, 13))
    assert values["epochs"][-1]["test_accuracy"] == values["test_accuracy"]
    assert values["epochs"][-1]["running_accuracy"] > values["epochs"][0]["running_accuracy"]
    assert values["step"] == 12 * 1347
    assert Path("c.png").read_bytes().startswith(PNG)
    trained = records.load(values["record"])
    assert values["record"] == "digits-trained.tt"
    assert records.read(trained).parent == records.crc(Path("digits.tt").read_bytes())


def test_train_goes_on_from_what_it_wrote_as_if_never_interrupted():
    run("new", "digits")
    run("train", "digits.tt", "--data", "digits", "--epochs", 1, "--seed", 1, "-o", "a.tt")
    run("train", "a.tt", "--data", "digits", "--epochs", 1, "--seed", 9, "-o", "a.tt")
    run("train", "digits.tt", "--data", "digits", "--epochs", 1, "--seed", 1, "-o", "b.tt")
    run("train", "b.tt", "--data", "digits", "--epochs", 1, "--seed", 9, "-o", "b.tt")
    assert Path("a.tt").read_bytes() == Path("b.tt").read_bytes()
    assert records.read(Path("a.tt").read_bytes()).step == 2 * 1347


def test_train_moves_only_the_layers_that_it_was_told():
    run("new", "digits")
    run("train", "digits.tt", "--data", "digits", "--epochs", 1, "--train", "last")
    before, after = (records.read(Path(n).read_bytes()) for n in ("digits.tt", "digits-trained.tt"))
    assert (before.layers[0].planes.weight == after.layers[0].planes.weight).all()
    assert (before.layers[1].planes.weight != after.layers[1].planes.weight).any()


def test_train_takes_samples_from_an_npz():
    run("new", "--dense", "4-2", "-o", "net.tt")
    x = np.repeat([[100, 0, 0, 0], [0, 0, 0, 100]], 50, 0).astype(np.int8)
    np.savez("data.npz", x=x, y=np.repeat([0, 1], 50))
    assert answer("train", "net.tt", "--data", "data.npz")["test_accuracy"] == 1.0


def write_onnx(chain):
    onnx.save(chain.proto(), "net.onnx")


def test_convert_writes_a_record_that_says_how_it_was_calibrated():
    chain = Chain(1, 6, 6).conv(1, 2, (3, 3)).add("Relu").add("Flatten").gemm(32, 3)
    write_onnx(chain)
    np.savez("x.npz", x=chain.inputs(10) * 200)
    assert answer("convert", "net.onnx", "-o", "a.tt")["calibrated"] is False
    values = answer("convert", "net.onnx", "--samples", "x.npz")
    assert values["calibrated"] is True
    assert values["record"] == "net.tt"
    assert values["input"] == [6, 6, 1]
    assert values["input_exp"] == 1
    lean = answer("convert", "net.onnx", "--no-fractions")
    assert lean["bytes"] < values["bytes"]


def test_convert_refuses_an_operator_by_name():
    write_onnx(Chain(4).gemm(4, 2).add("Sigmoid"))
    said = failure("convert", "net.onnx")
    assert said == 'node "n-Sigmoid" (Sigmoid): this operator is not supported'


def damaged(content):
    Path("bad.tt").write_bytes(content)
    return failure("info", "bad.tt")


def test_a_bad_record_is_named_with_its_reason():
    run("new", "digits")
    good = Path("digits.tt").read_bytes()
    assert damaged(good[:-1]).startswith("bad.tt: the record is damaged")
    assert damaged(b"GIF89a" + bytes(100)) == "bad.tt: not a Tin-Tin record"
    newer = good[:4] + b"\x02\x00" + good[6:]
    assert damaged(newer).startswith("bad.tt: a newer record format")
    assert failure("info", "none.tt") == "none.tt: No such file or directory"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["new"], "give a preset (digits, lenet5, cnn1d), a description, or --dense"),
        (["new", "digits", "--dense", "4-2"], "give a preset"),
        (["new", "mnist"], "mnist: no preset"),
        (["new", "digits", "--lr", "0"], "learning rate 0.0"),
        (["new", "digits", "--seed", "0"], "seed 0: must be 1.."),
        (["new", "--dense", "64"], "'64': needs at least the inputs and the classes"),
        (["new", "{'input': [1], 'layers': []}"], "input (1,): must be (height, width, channels)"),
        (["new", "--dense", "40000-2"], "the network breaks an overflow bound"),
        (["new", "digits", "-o", "no/such/folder.tt"], "No such file or directory"),
        (["info", "digits.tt", "--train", "0,7"], "--train 0,7: layer 7 has no weights; [0, 1]"),
        (["info", "digits.tt", "--train", "some"], "--train some: must be all, none, last"),
        (["info", "digits.tt", "--batch", "3"], "--batch 3: must be a power of two"),
        (["train", "digits.tt"], "Missing option '--data'"),
        (["train", "digits.tt", "--data", "cifar"], "cifar: must be digits, mnist, "),
        (["train", "digits.tt", "--data", "no.npz"], "no.npz: No such file or directory"),
        (["train", "digits.tt", "--data", "mnist", "--data-dir", "."], "no MNIST in ."),
        (["train", "digits.tt", "--data", "digits", "--epochs", "0"], "Invalid value for '--epo"),
        (
            ["train", "digits.tt", "--data", "digits", "--train", "none"],
            "no layer was chosen to learn",
        ),
        (["train", "lenet5.tt", "--data", "digits"], "samples of 64 values, but the network re"),
        (["train", "two.tt", "--data", "digits"], "labels up to 9, but 2 classes"),
        (["fly"], "No such command 'fly'"),
        (["new", "digits", "--fast"], "No such option: --fast"),
    ],
)
def test_every_misuse_is_one_line_and_writes_nothing(arguments, reason):
    run("new", "digits")
    run("new", "lenet5")
    run("new", "--dense", "64-2", "-o", "two.tt")
    assert reason in failure(*arguments)


def test_a_file_that_cannot_be_replaced_stays_as_it_was(monkeypatch):
    Path("digits.tt").write_bytes(b"precious")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = run("new", "digits")
    assert result.exit_code == 1
    assert result.stderr == "tintin: No space left on device\n"
    assert [p.name for p in Path().iterdir()] == ["digits.tt"]
    assert Path("digits.tt").read_bytes() == b"precious"


def test_an_interrupted_training_says_so_and_writes_nothing(monkeypatch):
    run("new", "digits")

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tintin.training.train", stopped)
    result = run("train", "digits.tt", "--data", "digits")
    assert result.exit_code == 130
    assert result.stderr == "tintin: interrupted\n"
    assert [p.name for p in Path().iterdir()] == ["digits.tt"]
