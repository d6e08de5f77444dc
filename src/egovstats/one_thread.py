"""Matrix products on one thread, so that no digit depends on how many cores a machine has.

BLAS splits a large product or a long sum over its threads, and adds in another order for another number of
them. The last digits move, and a report made again elsewhere is no longer the same to the byte.
"""

from __future__ import annotations

import sys
from contextlib import ContextDecorator
from threading import Lock
from typing import Any


class _OneThread(ContextDecorator):
    """Holds BLAS to one thread while a block or a decorated function runs; blocks may lie in one another.

    The count of blocks is shared by all threads of Python: the first to enter notes how many threads BLAS
    had, and the last to leave gives them back.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._before: list[tuple[Any, int]] = []
        self._found: list[Any] = []
        self._with_scipy = False

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._before = [(each, each.num_threads) for each in self._libraries()]
                for library, threads in self._before:
                    if threads != 1:
                        library.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                for library, threads in self._before:
                    if threads != 1:
                        library.set_num_threads(threads)

    def _libraries(self) -> list[Any]:
        """The libraries of linear algebra that are loaded; scipy brings its own when it is first needed."""
        with_scipy = "scipy.linalg" in sys.modules
        if not self._found or with_scipy != self._with_scipy:
            from threadpoolctl import ThreadpoolController

            self._found = ThreadpoolController().select(user_api="blas").lib_controllers
            self._with_scipy = with_scipy
        return self._found


one_thread = _OneThread()
"""``with one_thread:``, or ``@one_thread`` above a function that is no generator."""
