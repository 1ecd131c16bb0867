"""How long something takes of the processor, whatever else the tests left in memory or run beside it."""

import gc
import time
from collections.abc import Callable


def seconds_of(act: Callable[[], object]) -> float:
    """Seconds of the processor that `act` takes by itself.

    What thousands of tests before it left in memory is put out of the collector's sight: to look through it once
    takes half a second, and would be counted as the time of whoever happens to be measured then. There it stays, as
    does what was put there before the first test (tests/conftest.py).
    """
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    act()
    return time.process_time() - begun


def slowness() -> float:
    """How many times slower the processor is at this moment than at its full speed; 1 where it is faster."""
    begun = time.process_time()
    sum(number * number for number in range(100_000))
    return max(1.0, (time.process_time() - begun) / 0.005)
