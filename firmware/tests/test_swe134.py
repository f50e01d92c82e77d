"""Every safety rule has tests, and the page that lists them is current."""

import pytest
import swe134


@pytest.mark.parametrize("letter", sorted(swe134.RULES))
def test_a_rule_is_shown_by_tests(letter):
    assert swe134.marked_tests()[letter]


def test_the_page_is_current():
    assert swe134.PAGE.read_text("utf-8") == swe134.page(), "run firmware/tests/support/swe134.py"
