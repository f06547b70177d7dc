"""Every error that is raised on purpose; each says what was expected, what was found, where, and what to do.

```
GlobalPointerError
├── AlignmentError     a span that cannot exist, or does not fit its text
├── SchemaError        a label that the schema does not know
├── DataError          a file or a line of it that cannot be read; carries file and line
├── ConfigError        a recipe, an option or a value of one that is not understood
├── LengthError        a text longer than the window, where windows were forbidden
├── ModelError         a folder that does not hold a usable model
└── DependencyError    an optional package that is needed here and not installed

UserWarning
└── LimitWarning       more was found than is looked at; only the best was kept
```
"""

from pathlib import Path


class GlobalPointerError(Exception):
    """The base of all deliberate errors: catch this one to catch them all."""


class AlignmentError(GlobalPointerError, ValueError):
    """A span that cannot exist, or that does not fit its text."""


class SchemaError(GlobalPointerError, ValueError):
    """A label that the schema does not know, or a schema that contradicts itself."""


class DataError(GlobalPointerError, ValueError):
    """A file, or a line of it, that cannot be read. The message begins with `file:line:` where they are known."""

    def __init__(self, message: str, *, path: str | Path | None = None, line: int | None = None) -> None:
        place = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(place + message)
        self.path = path
        self.line = line


class ConfigError(GlobalPointerError, ValueError):
    """A recipe, an option, or a value of one that is not understood."""


class LengthError(GlobalPointerError, ValueError):
    """A text is longer than the window, and `truncation="error"` forbids to cut it into several."""


class ModelError(GlobalPointerError, ValueError):
    """A folder that does not hold a model this version can use."""


class DependencyError(GlobalPointerError, ImportError):
    """An optional package is needed here and not installed; the message names the extra that brings it."""


class LimitWarning(UserWarning):
    """So many cells were above the threshold that only the best ones were kept."""
