"""What the board knows of the dictionary without loading its tables."""

from fsw.link import dictionary, numbers
from fsw.link.telemetry import KINDS


def test_the_board_reports_the_hash_of_this_dictionary():
    found = dictionary.dictionary_hash()
    assert found == numbers.DICTIONARY_HASH, "write 0x%08X into fsw/link/numbers.py" % found


def test_the_board_counts_every_kind_of_packet_it_sends():
    kinds = {service << 8 | subtype for _, service, subtype, _, _, _ in dictionary.TELEMETRY}
    assert set(KINDS) == kinds | {5 << 8 | severity for severity in (1, 2, 3, 4)}


def test_every_event_has_a_severity():
    assert set(numbers.SEVERITY) == {row[0] for row in dictionary.EVENTS}
