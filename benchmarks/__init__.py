"""Comparisons that print figures; they are run by hand, not by the tests."""
