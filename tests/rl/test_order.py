"""One seeded order for all methods."""

from rl.order import SeededOrder


def test_rows_that_two_methods_share_come_in_the_same_order() -> None:
    keys = [f"row {index}" for index in range(100)]
    everything = [keys[index] for index in SeededOrder(keys, seed=3)]
    kept = keys[::3]
    some = [kept[index] for index in SeededOrder(kept, seed=3)]
    assert some == [key for key in everything if key in kept]
    assert sorted(everything) == sorted(keys)


def test_order_changes_with_seed_and_epoch_and_comes_back() -> None:
    keys = [f"row {index}" for index in range(20)]
    order = SeededOrder(keys, seed=0)
    first = list(order)
    order.set_epoch(1)
    assert list(order) != first
    assert list(SeededOrder(keys, seed=1)) != first
    order.set_epoch(0)
    assert list(order) == first
