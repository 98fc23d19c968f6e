"""Jobs: shared, cancelled when nobody asks, and their errors become sentences."""

import threading
import time
from types import SimpleNamespace

import pytest

from viz.ui import cache, jobs


@pytest.fixture
def workshop(monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 0.3)
    return jobs.Workshop()


def serve(monkeypatch, run):
    monkeypatch.setattr(cache, "view_of", lambda *_: SimpleNamespace(run=run))


def wait(job, state, seconds=5):
    end = time.monotonic() + seconds
    while job.state != state and time.monotonic() < end:
        time.sleep(0.01)
    assert job.state == state


def test_two_sessions_share_one_run(workshop, monkeypatch):
    calls, go = [], threading.Event()

    def run(settings, progress):
        calls.append(settings)
        go.wait(5)
        return settings * 2

    serve(monkeypatch, run)
    one, two = (workshop.ask("a", "v", 21) for _ in range(2))
    assert one is two
    go.set()
    wait(one, "done")
    assert one.result == 42
    assert workshop.ask("a", "v", 21) is one
    assert calls == [21]


def test_a_run_that_nobody_asks_for_is_cancelled(workshop, monkeypatch):
    def run(settings, progress):
        while True:
            progress(0.5, "training")
            time.sleep(0.01)

    serve(monkeypatch, run)
    job = workshop.ask("a", "v", 1)
    wait(job, "cancelled")
    assert workshop.ask("a", "v", 1) is not job


def test_asking_keeps_a_run_alive(workshop, monkeypatch):
    go = threading.Event()

    def run(settings, progress):
        while not go.is_set():
            progress(0.5, "training")
            time.sleep(0.01)
        return "kept"

    serve(monkeypatch, run)
    for _ in range(10):
        job = workshop.ask("a", "v", 1)
        time.sleep(0.1)
    assert (job.state, job.share, job.words) == ("running", 0.5, "training")
    go.set()
    wait(job, "done")


def test_an_error_becomes_a_sentence(workshop, monkeypatch):
    def run(settings, progress):
        raise ValueError("the step size must be positive, got -1")

    serve(monkeypatch, run)
    job = workshop.ask("a", "v", 1)
    wait(job, "failed")
    assert job.problem == "the step size must be positive, got -1"


def test_only_the_last_results_are_kept(workshop, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 60)
    serve(monkeypatch, lambda settings, _: settings)
    for i in range(40):
        wait(workshop.ask("a", "v", i), "done")
    assert len(workshop._jobs) <= jobs.KEPT + 1
