"""Measurements of this library, and the tables that show them. Run with `make bench`."""
