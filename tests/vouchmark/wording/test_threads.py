"""Does the catalogue say the same in every thread, and on both sides of a pipe?"""

from __future__ import annotations

import copy
import pickle
import sys
import threading
from collections.abc import Iterator

import pytest

from vouchmark.wording import catalogue
from vouchmark.wording.catalogue import say


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue of which nothing was read yet, in threads that take turns often."""
    monkeypatch.setattr(catalogue, "_read", {})
    monkeypatch.setattr(catalogue, "_parts_read", set())
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("unread")
def test_a_part_that_another_thread_is_reading_is_not_taken_for_read() -> None:
    for _ in range(30):
        catalogue._read.clear()
        catalogue._parts_read.clear()
        start, failed = threading.Barrier(8), list[BaseException]()

        def one(start: threading.Barrier = start, failed: list[BaseException] = failed) -> None:
            start.wait()
            try:
                say("gap.second")
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=one) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []


def test_what_was_said_travels_with_its_message() -> None:
    said = say("gap.second")
    for other in (pickle.loads(pickle.dumps(said)), copy.deepcopy(said)):
        assert (other, other.message) == (said, said.message)
