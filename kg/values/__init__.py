"""Quantities and times as values: number, unit, currency, range; begin, end, granularity.

Pure functions from a phrase of the text to a frozen value, by a small grammar over tokens.
A relative date resolves against the publication date and never against today.
"""

from kg.values.quantities import parse_quantity, scan_quantities
from kg.values.times import resolve_time, scan_times, split_range
from kg.values.types import Quantity, TimeValue

__all__ = ["Quantity", "TimeValue", "parse_quantity", "resolve_time", "scan_quantities", "scan_times", "split_range"]
