"""Names that stand for one thing each, where what was read gives one to several."""

from collections import Counter


class OwnNames:
    """Each name as it is the first time; the second `7` is called `7#2`, or so on where that is taken."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._asked: Counter[str] = Counter()

    def own(self, name: str) -> str:
        """The name, or one that nothing else has."""
        self._asked[name] += 1
        own = name
        while own in self._given:
            self._asked[name] = max(2, self._asked[name] + (own != name))
            own = f"{name}#{self._asked[name]}"
        self._given.add(own)
        return own
