import pytest

from hatchwatch.boards.names import pick, pick_all
from hatchwatch.errors import UsageError

MODULES = ["Progress", "PrK", "Zvezda", "Zarya"]


def test_letters_may_be_small_or_capital():
    assert pick("module", "zarya", MODULES) == "Zarya"
    assert pick_all("module", ["PRK", "Zvezda"], MODULES) == ("PrK", "Zvezda")


def test_all_wrong_names_are_told_with_those_alike_and_those_allowed():
    with pytest.raises(UsageError) as caught:
        pick_all("module", ["Zaria", "PrK", "Progres", "xyzzy"], MODULES)
    assert caught.value.seen == "There is no module called Zaria, Progres, xyzzy on this bench."
    assert caught.value.cure == "Did you mean Zarya, Progress? Choose from Progress, PrK, Zvezda, Zarya."


def test_nothing_is_guessed_from_a_name_like_none():
    with pytest.raises(UsageError) as caught:
        pick("module", "xyzzy", MODULES)
    assert caught.value.cure == "Choose from Progress, PrK, Zvezda, Zarya."


def test_a_bench_that_has_no_such_thing_says_so():
    with pytest.raises(UsageError) as caught:
        pick("mux", "mux", [])
    assert "has none" in str(caught.value.cure)
