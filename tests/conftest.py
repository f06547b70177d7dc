"""What all tests share: where the real datasets are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no bug: how long one example takes is no part of any law.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the real datasets; the test is skipped where it is absent."""
    candidates = [os.environ.get("GLOBALPOINTER_DATA"), REPOSITORY.parent / "shared" / "data"]
    for candidate in candidates:
        if candidate and Path(candidate).is_dir():
            return Path(candidate)
    pytest.skip("the real datasets are not here (set GLOBALPOINTER_DATA)")
