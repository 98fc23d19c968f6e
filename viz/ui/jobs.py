"""Long runs on one worker thread: shared by all sessions, cancelled when nobody asks any more."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from viz.settings import BaseSettings
from viz.ui import cache
from viz.view import Cancelled

PATIENCE = 3.0
MOMENT = 0.15
KEPT = 32

Key = tuple[str, str, BaseSettings]


@dataclass(slots=True, eq=False)
class Job:
    """One run and how far it is. ``state`` goes waiting -> running -> done, failed or cancelled."""

    key: Key
    state: str = "waiting"
    share: float = 0.0
    words: str = ""
    result: Any = None
    problem: str = ""
    asked: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Give a run a moment: one that ends in it is shown at once, without a progress bar."""
        if not self.ended.is_set():
            self.ended.wait(MOMENT)

    @property
    def over(self) -> bool:
        """Whether there is a result or a sentence."""
        return self.state in ("done", "failed")

    def progress(self, share: float, words: str = "") -> None:
        """What ``run`` calls; raises Cancelled when nobody has asked for a while."""
        self.share, self.words = min(max(share, 0.0), 1.0), words
        if time.monotonic() - self.asked > PATIENCE:
            raise Cancelled


class Workshop:
    """The queue of jobs, the one thread that does them, and the last results."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Key, Job] = OrderedDict()
        self._thread: threading.Thread | None = None

    def ask(self, slug: str, view_key: str, settings: BaseSettings) -> Job:
        """The job for these settings, started if need be; asking keeps it alive."""
        key = (slug, view_key, settings)
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.state == "cancelled":
                job = self._jobs[key] = Job(key)
            job.asked = time.monotonic()
            self._jobs.move_to_end(key)
            self._forget()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()
        return job

    def _forget(self) -> None:
        over = [key for key, job in self._jobs.items() if job.over or job.state == "cancelled"]
        for key in over[: max(0, len(over) - KEPT)]:
            del self._jobs[key]

    def _next(self) -> Job | None:
        with self._lock:
            now = time.monotonic()
            for job in self._jobs.values():
                if job.state == "waiting" and now - job.asked > PATIENCE:
                    job.state = "cancelled"
            waiting = [job for job in self._jobs.values() if job.state == "waiting"]
            if not waiting:
                self._thread = None
                return None
            waiting[0].state = "running"
            return waiting[0]

    def _work(self) -> None:
        while (job := self._next()) is not None:
            slug, view_key, settings = job.key
            try:
                job.result = cache.view_of(slug, view_key).run(settings, job.progress)
                job.state = "done"
            except Cancelled:
                job.state = "cancelled"
            except (ValueError, ArithmeticError) as error:
                job.problem, job.state = str(error), "failed"
            finally:
                if job.state == "running":
                    job.problem, job.state = "this run stopped for an unknown reason", "failed"
                job.ended.set()


WORKSHOP = Workshop()
