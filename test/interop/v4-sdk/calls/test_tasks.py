"""Tasks: what a program learns from them and how it finds them."""

import pytest

from harness import preset
from harness.bodies import etag, nic, virtual_machine
from harness.tasks import affected, finished, succeeded


@pytest.fixture(scope="module")
def task(vms, tasks):
    """A task that made a VM, which is gone at the end."""
    made = succeeded(tasks, vms.create_vm(virtual_machine("tasks")))
    yield made
    vm = affected(made, "vmm:ahv:config:vm")
    succeeded(tasks, vms.delete_vm_by_id(vm, if_match=etag(vms.get_vm_by_id(vm))))


def test_get_a_task(tasks, task):
    found = tasks.get_task_by_id(task.ext_id).data
    assert found.ext_id.startswith("ZXJnb24=:")
    assert found.created_time <= found.started_time <= found.completed_time
    assert found.cluster_ext_ids == [preset.CLUSTER[1]]
    assert found.owned_by.name == "admin"
    assert "VM name" in [detail.name for detail in found.completion_details]


def test_get_two_members_of_a_task(tasks, task):
    found = tasks.get_task_by_id(task.ext_id, _select="extId,status").data
    assert (found.ext_id, found.status, found.operation) == (task.ext_id, "SUCCEEDED", None)


def test_get_a_task_without_its_prefix(tasks, task):
    assert tasks.refused("get_task_by_id", task.ext_id.partition(":")[2]).status == 400


def test_get_an_unknown_task(tasks):
    assert tasks.refused("get_task_by_id", f"ZXJnb24=:{preset.UNKNOWN}").status == 400


def test_tasks_of_a_vm(tasks, task):
    vm = affected(task, "vmm:ahv:config:vm")
    answer = tasks.list_tasks(_filter=f"entitiesAffected/any(a:a/extId eq '{vm}')")
    assert [found.ext_id for found in answer.data] == [task.ext_id]


def test_running_tasks_of_a_vm(tasks, task):
    vm = affected(task, "vmm:ahv:config:vm")
    status = "Prism.Config.TaskStatus"
    answer = tasks.list_tasks(
        _filter=f"entitiesAffected/any(a:a/extId eq '{vm}')"
        f" and (status eq {status}'RUNNING' or status eq {status}'QUEUED')"
    )
    assert answer.data is None


def test_tasks_in_order(tasks, task):
    answer = tasks.list_tasks(_limit=5, _orderby="createdTime desc")
    times = [found.created_time for found in answer.data]
    assert times == sorted(times, reverse=True)


def test_entities_of_a_task(tasks, task):
    if not tasks.offers("list_task_entities"):
        pytest.skip("came with v4.2")
    answer = tasks.list_task_entities(task.ext_id)
    assert affected(task, "vmm:ahv:config:vm") in [entity.ext_id for entity in answer.data]


def test_cancel_a_task_that_cannot_be(tasks, task):
    assert tasks.refused("cancel_task", task.ext_id).status == 400


def test_the_same_request_again(vms, tasks, task):
    headers = {"NTNX-Request-Id": "0b9f3f53-4a38-4c5e-9f6a-6a3d3a4f7a10"}
    first = vms.create_vm(virtual_machine("twice"), **headers)
    made = succeeded(tasks, first)
    assert vms.create_vm(virtual_machine("twice"), **headers).data.ext_id == first.data.ext_id
    vm = affected(made, "vmm:ahv:config:vm")
    succeeded(tasks, vms.delete_vm_by_id(vm, if_match=etag(vms.get_vm_by_id(vm))))


def test_the_same_request_after_its_failure(vms, tasks):
    headers = {"NTNX-Request-Id": "5d5cf1f7-3a0b-4f0a-a1a7-0f4ad3f1ce52"}
    body = virtual_machine("twice-failed", nics=[nic(subnet=preset.UNKNOWN)])
    first = vms.create_vm(body, **headers)
    assert finished(tasks, first).status == "FAILED"
    assert vms.create_vm(body, **headers).data.ext_id == first.data.ext_id
