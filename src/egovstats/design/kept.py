"""A store of arrays that are worth keeping, bounded in bytes: the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by key, up to a number of bytes.

    Parameters
    ----------
    most : int
        Bytes that all values together may take; a value larger than that is not kept.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, or None where it is not kept."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> Value:
        """Keep a value of `size` bytes, and let go of the oldest ones that no longer fit; gives it back."""
        self._forget(key)
        if size <= self.most:
            self._values[key] = (value, size)
            self.held += size
            while self.held > self.most:
                self._forget(next(iter(self._values)))
        return value

    def drop(self, which: Callable[[Hashable], bool]) -> None:
        """Let go of the keys for which `which` holds."""
        for key in [key for key in self._values if which(key)]:
            self._forget(key)

    def _forget(self, key: Hashable) -> None:
        found = self._values.pop(key, None)
        if found is not None:
            self.held -= found[1]
