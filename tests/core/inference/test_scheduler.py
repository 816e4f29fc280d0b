"""Who has the next batch."""

from hypothesis import given
from hypothesis import strategies as st

from core.inference.scheduler import Scheduler

actions = st.lists(st.sampled_from(["foreground", "background", "finish"]), max_size=50)


@given(actions)
def test_foreground_goes_first_and_each_kind_keeps_its_order(steps: list[str]) -> None:
    scheduler: Scheduler[tuple[str, int]] = Scheduler()
    waiting: list[tuple[str, int]] = []
    for number, step in enumerate(steps):
        if step == "finish":
            job = scheduler.next()
            if job is not None:
                scheduler.remove(job)
                waiting.remove(job)
        else:
            waiting.append((step, number))
            scheduler.add(waiting[-1], background=step == "background")
        expected = sorted(waiting, key=lambda job: (job[0] != "foreground", job[1]))
        assert scheduler.next() == (expected[0] if expected else None)
        assert len(scheduler) == len(waiting)


def test_to_remove_what_is_not_there_changes_nothing() -> None:
    scheduler: Scheduler[str] = Scheduler()
    scheduler.add("job", background=True)
    scheduler.remove("another")
    assert scheduler.next() == "job"
