"""Comparisons that print figures; they are run by hand, not by the tests."""

import tools  # noqa: F401 - before NumPy, which then keeps to STYLIST_THREADS
