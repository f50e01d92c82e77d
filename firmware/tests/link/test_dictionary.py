"""What the board knows of the dictionary without loading its tables."""

from fsw.link import dictionary, numbers, parameter_limits
from fsw.link.telemetry import KINDS


def test_the_board_reports_the_hash_of_this_dictionary():
    found = dictionary.dictionary_hash()
    assert found == numbers.DICTIONARY_HASH, "write 0x%08X into fsw/link/numbers.py" % found


def test_the_board_counts_every_kind_of_packet_it_sends():
    kinds = {service << 8 | subtype for _, service, subtype, _, _, _ in dictionary.TELEMETRY}
    assert set(KINDS) == kinds | {5 << 8 | severity for severity in (1, 2, 3, 4)}


def test_every_event_has_a_severity():
    assert set(numbers.SEVERITY) == {row[0] for row in dictionary.EVENTS}


def test_the_board_knows_range_and_default_of_every_parameter():
    numbers_of = [row[0] for row in dictionary.PARAMETERS]
    assert numbers_of == list(range(numbers.PARAMETERS))
    for column, known in enumerate(
        (parameter_limits.MINIMA, parameter_limits.MAXIMA, parameter_limits.DEFAULTS), start=4
    ):
        assert known == tuple(row[column] for row in dictionary.PARAMETERS)
    for _, name, _, _, low, high, default, _ in dictionary.PARAMETERS:
        assert -(2**30) < low <= default <= high < 2**30, name


def test_the_fixed_commands_do_not_count_in_the_hash(monkeypatch):
    before = dictionary.dictionary_hash()
    changed = tuple(row if row[0] != "safe" else (*row[:5], "other words") for row in dictionary.COMMANDS)
    monkeypatch.setattr(dictionary, "COMMANDS", changed)
    assert dictionary.dictionary_hash() == before
    changed = tuple(row if row[0] != "reset" else (*row[:5], "other words") for row in dictionary.COMMANDS)
    monkeypatch.setattr(dictionary, "COMMANDS", changed)
    assert dictionary.dictionary_hash() != before
