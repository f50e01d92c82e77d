import pytest

from hatchwatch.errors import OutputError, PortError, UsageError
from hatchwatch.evidence.session import RunOptions, checked, run_decay
from hatchwatch.methods.procedure import DecaySettings

TEN_S = DecaySettings(duration_s=10.0)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (RunOptions("pair", TEN_S, leaks_pa_m3_s={"attic": 1e-4}), "attic"),
        (RunOptions("pair", TEN_S, port="/dev/null", leaks_pa_m3_s={"left": 1e-4}), "emulated"),
        (RunOptions("pair", TEN_S, port="/dev/null", faults=(("silence", "left"),)), "emulated"),
        (RunOptions("pair", DecaySettings(limit_pa_m3_s=1e-9)), "limit"),
        (RunOptions("pair", DecaySettings(tested=("attic",))), "attic"),
        (RunOptions("pair", DecaySettings(duration_s=10.0, open_injectors=("attic",))), "attic"),
        (RunOptions("pair", TEN_S, faults=(("melt", "left"),)), "melt"),
        (RunOptions("pair", TEN_S, faults=(("silence", "attic"),)), "attic"),
    ],
)
def test_mistakes_are_told_before_anything_starts_or_is_written(options, word, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as refused:
        run_decay(options)
    assert word in refused.value.seen
    assert not list(tmp_path.iterdir())


def test_names_are_spelt_as_in_the_bench_file():
    asked = RunOptions(
        "station6",
        DecaySettings(tested=("prk", "ZARYA"), open_injectors=("unity",)),
        leaks_pa_m3_s={"destiny": 1e-4, "prk": 2e-4},
        faults=(("silence", "progress"),),
    )
    meant = checked(asked)
    assert meant.settings.tested == ("PrK", "Zarya")
    assert meant.settings.open_injectors == ("Unity",)
    assert meant.leaks_pa_m3_s == {"Destiny": 1e-4, "PrK": 2e-4}
    assert meant.faults == (("silence", "Progress"),)


def test_a_folder_in_the_way_is_told_before_anything_starts(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        run_decay(RunOptions("pair", TEN_S, out=tmp_path / "file" / "run"))


def test_an_error_says_where_its_run_is(tmp_path, monkeypatch):
    def absent(*_, **__):
        raise PortError("It is not there.")

    monkeypatch.setattr("hatchwatch.evidence.session.open_bench", absent)
    with pytest.raises(PortError) as caught:
        run_decay(RunOptions("pair", TEN_S, out=tmp_path / "run"))
    assert caught.value.result == tmp_path / "run" / "result.json"
    assert caught.value.report == tmp_path / "run" / "report.html"
    assert caught.value.report.is_file()
