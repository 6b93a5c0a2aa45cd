"""Fixtures, and a line of JSON per call for the jest test that shows each of them."""

import json

import pytest

from harness.clients import Clients, Server


def pytest_addoption(parser):
    parser.addoption("--calls", help="file that gets a line of JSON for each call")
    parser.addoption("--list", action="store_true", help="name the calls without making them")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--list"):
        for item in items:
            _write(config, {"name": _name(item.nodeid)})
        items.clear()


def pytest_runtest_makereport(item, call):
    # A call that was made, or one whose preparation failed or was skipped.
    if call.when != "call" and call.excinfo is None:
        return
    report = pytest.TestReport.from_item_and_call(item, call)
    line = {"name": _name(item.nodeid), "outcome": report.outcome, "text": report.longreprtext}
    if report.skipped:
        line["text"] = report.longrepr[2]
    _write(item.config, line)


def _name(nodeid):
    """`calls/test_vms.py::test_create_a_vm` as `vms: create a vm`."""
    path, *_, function = nodeid.split("::")
    topic = path.rpartition("/")[2].removeprefix("test_").removesuffix(".py")
    return f"{topic}: {function.removeprefix('test_')}".replace("_", " ")


def _write(config, line):
    if path := config.getoption("--calls"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


@pytest.fixture(scope="session")
def server():
    return Server.of_environment()


@pytest.fixture(scope="session")
def clients(server):
    return Clients(server)


@pytest.fixture(scope="session")
def viewer(server):
    """A user who may look at nothing but lists."""
    return Clients(server, username="viewer", password=server.viewer_password)


@pytest.fixture(scope="session")
def tasks(clients):
    return clients.api("prism", "TasksApi")


@pytest.fixture(scope="session")
def vms(clients):
    return clients.api("vmm", "VmApi")
