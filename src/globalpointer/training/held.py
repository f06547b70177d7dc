"""One process a folder: two that wrote into it at once would destroy each other's work."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from globalpointer.errors import ConfigError

try:
    import fcntl
except ImportError:  # Windows has no such lock, and goes without
    fcntl = None  # type: ignore[assignment]


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder that is there; ConfigError where one is in it. A kill ends it, too."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ConfigError(f"{folder}: another process is at work there; wait for it, or use another --output") from None
    finally:
        os.close(handle)
