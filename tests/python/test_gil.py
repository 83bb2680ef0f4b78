"""Solving does not hold the GIL, lets Ctrl-C through, and gives the same bits in every thread."""

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tariffsim as ts


class Counter(threading.Thread):
    """Counts as fast as the GIL lets it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.count, self.stop = 0, False

    def run(self):
        while not self.stop:
            self.count += 1


def rate(action):
    """Counts per second of another thread while `action` runs once."""
    counter = Counter()
    counter.start()
    time.sleep(0.05)
    before, start = counter.count, time.perf_counter()
    action()
    seconds, counted = time.perf_counter() - start, counter.count - before
    counter.stop = True
    counter.join()
    return counted / seconds, seconds


def hold():
    """A loop in C that keeps the GIL, long enough that handing it over at both ends does not count."""
    sum(range(50_000_000))


@pytest.fixture(scope="module")
def large():
    """A dense random world on which one solve takes a noticeable time."""
    rng = np.random.default_rng(0)
    flows = rng.lognormal(size=(240, 240, 20))
    flows[np.arange(240), np.arange(240)] *= 720
    return ts.World.from_arrays(flows, 4.0)


def test_another_thread_runs_while_a_solve_runs(large):
    solver = ts.Solver(large)
    scenario = ts.Scenario().tariff(rate=0.5)
    alone, _ = rate(lambda: time.sleep(0.3))
    solving, seconds = rate(lambda: solver.solve(scenario))
    held, held_seconds = rate(hold)
    print(
        f"counts per second: alone {alone:.3g}, beside a solve of {seconds:.2f} s {solving:.3g}, beside a held GIL {held:.3g}"
    )
    assert min(seconds, held_seconds) > 4 * sys.getswitchinterval()  # long enough to tell
    # Other work on the machine slows all three; a solve that kept the GIL would count like the loop that does.
    assert solving > 0.1 * alone
    assert solving > 5 * held


def test_writing_releases_the_gil_too(large, tmp_path):
    writing, seconds = rate(lambda: large.write(tmp_path / "large"))
    held, _ = rate(hold)
    assert seconds > 4 * sys.getswitchinterval()
    assert writing > 5 * held


def test_threads_share_a_solver(world, war):
    solver = ts.Solver(world)
    rates = np.linspace(0.05, 1.5, 12)
    scenarios = [ts.Scenario().tariff("USA", "CHN", "goods", rate=rate) for rate in rates]
    one_by_one = [solver.solve(scenario).flows.values for scenario in scenarios]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda scenario: solver.solve(scenario).flows.values, scenarios))
    for a, b in zip(one_by_one, together):
        np.testing.assert_array_equal(a, b)


def test_ctrl_c_ends_a_long_solve(large, world):
    # A process started in the background ignores Ctrl-C, and so would the test.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    # No double holds what is asked, so the solve would go on for seconds and then say that it stalled.
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ts.Solver(large, tolerance=1e-18)
    timer.join()
    signal.signal(signal.SIGINT, before)
    assert ts.solve(world, ts.Scenario()).converged  # nothing is left behind


def test_an_exception_of_the_callback_comes_through(world):
    def fail(now):
        raise RuntimeError(f"enough after {now.evaluations}")

    with pytest.raises(RuntimeError, match="enough after 100"):
        ts.Solver(world, tolerance=1e-18, progress=fail)


def test_progress_is_told_and_may_stop(world, capsys):
    told = []
    hopeless_with = {"tolerance": 1e-18}
    with pytest.raises(ts.NotConverged, match="stopped by the caller"):
        ts.Solver(world, progress=lambda now: told.append(now) or len(told) < 3, **hopeless_with)
    assert [now.evaluations for now in told] == [100, 200, 300]
    assert all(now.residual < 1e-10 and 0 < now.path <= 1 and now.seconds > 0 for now in told)
    with pytest.raises(ts.NotConverged):
        ts.Solver(world, progress=True, max_evaluations=250, **hopeless_with)
    assert "100 evaluations" in capsys.readouterr().err
