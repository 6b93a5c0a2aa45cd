"""What the calls in ../calls share: the SDKs' clients, the comparison with their classes, waiting for tasks."""

import pytest

# Before they are imported: what an `assert` of theirs compared is shown as it is for the calls.
pytest.register_assert_rewrite("harness.bodies", "harness.clients", "harness.tasks")
