"""Which job has the next batch: foreground before background, first come first served inside. Pure Python."""

from collections import deque
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Scheduler(Generic[Job]):
    """Two queues. A job keeps its place until it is removed, so it runs to its end before the next of its kind."""

    def __init__(self) -> None:
        self._queues: dict[bool, deque[Job]] = {False: deque(), True: deque()}

    def add(self, job: Job, *, background: bool) -> None:
        """Queues a job."""
        self._queues[background].append(job)

    def next(self) -> Job | None:
        """Returns the job that has the next batch; None when there is nothing to do."""
        for queue in (self._queues[False], self._queues[True]):
            if queue:
                return queue[0]
        return None

    def remove(self, job: Job) -> None:
        """Takes a finished or cancelled job out."""
        for queue in self._queues.values():
            if job in queue:
                queue.remove(job)

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))
