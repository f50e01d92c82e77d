"""What is to be written waits for a turn that has the time and the heap for it."""

from fsw.kernel.saving import Saving


def test_one_thing_is_written_in_a_turn_and_none_while_it_is_held():
    saving = Saving()
    written = []
    first, second = (lambda: written.append(1)), (lambda: written.append(2))
    for save in (first, second, first):
        saving.want(save)
    saving.held = True
    saving.tick()
    assert written == []
    saving.held = False
    saving.tick()
    assert written == [1]
    saving.skip_one()
    saving.tick()
    assert written == [1]
    for _ in range(3):
        saving.tick()
    assert written == [1, 2]
