"""Waiting for tasks, as every program with these SDKs has to."""

import time

FINAL = ("SUCCEEDED", "FAILED", "CANCELED")
# Against hanging only: the simulator's fast profile ends each task in milliseconds.
PATIENCE_SECONDS = 60


def finished(tasks, answer):
    """The task that an answer refers to, once it has ended."""
    reference = answer.data.ext_id
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        task = tasks.get_task_by_id(reference).data
        if task.status in FINAL:
            return task
        assert time.monotonic() < deadline, f"task {reference} is {task.status} for too long"
        time.sleep(0.01)


def succeeded(tasks, answer):
    """The same, which must have succeeded."""
    task = finished(tasks, answer)
    assert task.status == "SUCCEEDED", task.error_messages
    assert task.progress_percentage == 100
    return task


def affected(task, rel):
    """The first entity of a kind, e.g. `vmm:ahv:config:vm`, that a task changed."""
    found = [entity.ext_id for entity in task.entities_affected or [] if entity.rel == rel]
    assert found, f"{task.operation} names no {rel}: {task.entities_affected}"
    return found[0]
