"""Where panels are solved: threads of this process, any executor of concurrent.futures, or a Dask cluster."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.sweep_worker import Job, Solved, Solvers, solve_bytes, solve_rows

if TYPE_CHECKING:
    from tariffsim.sweep_rows import Panel, Rows

__all__ = ["Workers", "workers_of"]


class Workers:
    """Solves panels somewhere, some at a time. Memory holds no more panels than are in flight."""

    def __init__(
        self, submit: Callable[[Panel], Any], in_flight: Callable[[], int], close: Callable[[bool], None]
    ) -> None:
        self._submit, self._in_flight, self._close = submit, in_flight, close

    def run(self, panels: Iterator[Panel]) -> Generator[tuple[Panel, Solved], None, None]:
        """Panels with their answers, in the order in which they are ready. Ends all work when it is closed early."""
        done: queue.SimpleQueue[tuple[Panel, Any]] = queue.SimpleQueue()
        waiting: dict[int, Any] = {}
        finished = False
        try:
            more = True
            while more or waiting:
                while more and len(waiting) < self._in_flight():
                    panel = next(panels, None)
                    if panel is None:
                        more = False
                    else:
                        waiting[panel.number] = future = self._submit(panel)
                        future.add_done_callback(lambda ready, panel=panel: done.put((panel, ready)))
                if waiting:
                    panel, future = done.get()
                    del waiting[panel.number]
                    yield panel, future.result()
            finished = True
        finally:
            for future in waiting.values():
                future.cancel()
            self._close(finished)


def workers_of(rows: Rows, job: Job, workers: int | None, executor: Any) -> Workers:
    """The workers that a caller asks for.

    Raises
    ------
    InvalidInput
        On an executor that is none.
    """
    if executor is None:
        return _threads(rows, job, workers or os.cpu_count() or 1)
    if _is_dask(executor):
        return _dask(rows, job, workers, executor)
    if isinstance(executor, Executor) or (hasattr(executor, "submit") and hasattr(executor, "shutdown")):
        return _executor(rows, job, workers, executor)
    problem = f"a {type(executor).__name__} takes no work"
    raise InvalidInput(
        "sweep: executor", problem, "give an Executor of concurrent.futures, or a Client of dask.distributed"
    )


def _threads(rows: Rows, job: Job, workers: int) -> Workers:
    stop = _core.Stop()
    solvers = Solvers(rows.world._core, job, most=workers + 2, stop=stop)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="tariffsim")

    def submit(panel: Panel) -> Any:
        return pool.submit(solve_rows, solvers, [rows.models[k] for k in panel.models], panel.shocks, job)

    def close(finished: bool) -> None:
        if not finished:
            stop.set()
        pool.shutdown(wait=True, cancel_futures=True)

    return Workers(submit, lambda: workers + 2, close)


def _executor(rows: Rows, job: Job, workers: int | None, executor: Any) -> Workers:
    world = _core.pack(rows.world._core)
    key = _key(world)
    many = workers or getattr(executor, "_max_workers", None) or os.cpu_count() or 1

    def submit(panel: Panel) -> Any:
        # An executor has no way to give every worker the world once, so it goes with each panel.
        return executor.submit(solve_bytes, key, world, *_packed(rows, panel), job)

    return Workers(submit, lambda: 2 * many + 2, lambda finished: None)


def _dask(rows: Rows, job: Job, workers: int | None, client: Any) -> Workers:
    if getattr(client, "asynchronous", False):
        raise InvalidInput("sweep: executor", "the client is asynchronous", "give a Client without asynchronous=True")
    world = _core.pack(rows.world._core)
    key = _key(world)
    # A task, not scattered data: where all workers that hold it die, the cluster makes it again.
    there = client.submit(bytes, world, key=f"tariffsim-world-{key}", pure=False)

    def submit(panel: Panel) -> Any:
        return client.submit(solve_bytes, key, there, *_packed(rows, panel), job, pure=False, retries=2)

    asked, threads = 0.0, 1

    def in_flight() -> int:
        nonlocal asked, threads
        if workers is None and time.monotonic() > asked + 2:  # workers come and go
            asked, threads = time.monotonic(), sum(client.nthreads().values()) or 1
        return 2 * (workers or threads) + 2

    return Workers(submit, in_flight, lambda finished: None)


def _is_dask(executor: Any) -> bool:
    return type(executor).__module__.partition(".")[0] == "distributed" and hasattr(executor, "scatter")


def _key(world: bytes) -> str:
    import hashlib

    return hashlib.sha256(world).hexdigest()


def _packed(rows: Rows, panel: Panel) -> tuple[list[tuple[bytes, bytes]], list[int], list[bytes]]:
    """Models, the model of each row, and shocks."""
    known = list(dict.fromkeys(panel.models))
    shocks = [_core.pack(shock, rows.world._core) for shock in panel.shocks]
    return [rows.models[k] for k in known], [known.index(k) for k in panel.models], shocks
