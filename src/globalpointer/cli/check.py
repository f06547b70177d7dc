"""stub until written"""


def check() -> None:
    """Check."""
