"""What stands in a folder before it is emptied: nothing that no run wrote, and nothing that the new run reads."""

from collections.abc import Collection, Iterable
from pathlib import Path

from globalpointer.errors import ConfigError

SHOWN = 3
"""Names in an error."""


def check_emptied(folder: Path, *, written: Collection[str], read: Iterable[Path]) -> None:
    """Raise ConfigError where `folder` holds more than is `written` by us, or a file or folder that is to be `read`."""
    strange = sorted(each.name for each in folder.iterdir() if each.name not in written)
    if strange:
        raise ConfigError(
            f"{folder}: --overwrite removes what a run wrote, and the folder also holds {_some(strange)}: move that "
            "away, or choose another --output"
        )
    place = folder.resolve()
    needed = [str(each) for each in read if each.exists() and each.resolve().is_relative_to(place)]
    if needed:
        raise ConfigError(
            f"{folder}: --overwrite would remove what the run is to read, {_some(needed)}: choose another --output"
        )


def _some(names: Collection[str]) -> str:
    first = ", ".join(list(names)[:SHOWN])
    return first if len(names) <= SHOWN else f"{first} and {len(names) - SHOWN} more"
