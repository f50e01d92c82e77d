"""After a reset or a power cut the board comes back by itself, with hatches unknown and nothing moving."""


def opening_of(emulated, name):
    return emulated.side.truth()["hatches"][name]["opening"]


def test_reset_by_command(bench):
    bench.safe()
    before_s = bench.board_time_s
    bench.reset()
    assert bench.identity.reset_cause == "command"
    assert bench.board_time_s < before_s
    assert set(bench.housekeeping().hatches) <= {"unknown"}
    bench.check_sensors()


def test_power_cut(bench, emulated):
    hatch = bench.file.hatches[0].name
    bench.move_hatch(hatch, "shut")
    emulated.side.power(on=False)
    bench.link.pump(0.2)
    emulated.side.power(on=True)
    bench.meet_again()
    assert bench.identity.reset_cause == "power_on"
    assert opening_of(emulated, hatch) < 0.05, "nothing may move by itself"
    assert bench.housekeeping().hatches[0] == "unknown"
    bench.safe()
    assert opening_of(emulated, hatch) > 0.95
