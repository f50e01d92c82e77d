"""Three board minutes by itself: nothing slips, nothing is lost, the heap stays as it is."""

MINUTES = 2  # besides the first, after which the heap is compared


def test_three_minutes(bench, endure, has_endured):
    bench.safe()
    has_endured(endure(bench, 60.0 * MINUTES), readings=600 * MINUTES)
