"""What goes wrong: at once, with an HTTP status, or later, in the task."""

import uuid

import ntnx_vmm_py_client as vmm
import pytest

from harness import preset
from harness.bodies import etag, image_disk, nic, virtual_machine
from harness.clients import Clients
from harness.tasks import affected, finished, succeeded


@pytest.fixture(scope="module")
def vm(vms, tasks):
    """The id of a VM that is gone at the end."""
    made = affected(succeeded(tasks, vms.create_vm(virtual_machine("refusals"))), "vmm:ahv:config:vm")
    yield made
    succeeded(tasks, vms.delete_vm_by_id(made, if_match=etag(vms.get_vm_by_id(made))))


def failed(tasks, answer):
    """The code of a task that must fail."""
    task = finished(tasks, answer)
    assert task.status == "FAILED"
    assert task.progress_percentage == 100
    return task.error_messages[0].code


def test_get_an_unknown_vm(vms):
    refused = vms.refused("get_vm_by_id", preset.UNKNOWN)
    assert (refused.status, refused.code) == (404, "VMM-30100")


def test_delete_an_unknown_vm(vms):
    refused = vms.refused("delete_vm_by_id", preset.UNKNOWN, if_match="YXBw:MQ==")
    assert refused.status == 404


def test_schema_error(vms):
    # The constructors of the SDK do not look at ranges; its setters do.
    body = virtual_machine("schema", num_sockets=0)
    refused = vms.refused("create_vm", body)
    assert refused.status == 400
    messages = refused.body["data"]["error"]["validationErrorMessages"]
    assert "numSockets" in messages[0]["message"]


def test_request_id_that_is_none(vms):
    refused = vms.refused("create_vm", virtual_machine("id"), **{"NTNX-Request-Id": "one"})
    assert (refused.status, refused.code) == (400, "VMM-30401")


def test_etag_missing(vms, vm):
    refused = vms.refused("power_on_vm", vm)
    assert (refused.status, refused.code) == (428, "PLAT-10004")


def test_etag_star(vms, vm):
    refused = vms.refused("power_on_vm", vm, if_match="*")
    assert (refused.status, refused.code) == (412, "PLAT-10005")


def test_etag_of_before(vms, tasks, vm):
    before = vms.get_vm_by_id(vm)
    tag = etag(before)
    before.data.description = "the ETag moves on"
    succeeded(tasks, vms.update_vm_by_id(vm, before.data))
    refused = vms.refused("delete_vm_by_id", vm, if_match=tag)
    assert (refused.status, refused.code) == (412, "VMM-30303")


def test_update_with_the_etag_of_before(vms, tasks, vm):
    first = vms.get_vm_by_id(vm).data
    second = vms.get_vm_by_id(vm).data
    first.description = "one"
    succeeded(tasks, vms.update_vm_by_id(vm, first))
    second.description = "other"
    refused = vms.refused("update_vm_by_id", vm, second)
    assert refused.status == 412
    assert vms.get_vm_by_id(vm).data.description == "one"


def test_create_with_power(vms, tasks):
    body = virtual_machine("on", power_state=vmm.AhvConfigPowerState.ON)
    assert failed(tasks, vms.create_vm(body)) == "VMM-30109"


def test_unknown_cluster(vms, tasks):
    body = virtual_machine("nowhere", cluster=vmm.AhvConfigClusterReference(ext_id=str(uuid.uuid4())))
    assert failed(tasks, vms.create_vm(body)) == "VMM-30106"


def test_unknown_subnet(vms, tasks):
    body = virtual_machine("no-net", nics=[nic(subnet=preset.UNKNOWN)])
    assert failed(tasks, vms.create_vm(body)) == "VMM-30604"


def test_unknown_image(vms, tasks):
    body = virtual_machine("no-image", disks=[image_disk(image=preset.UNKNOWN)])
    assert failed(tasks, vms.create_vm(body)) == "VMM-31201"


def test_too_large(vms, tasks):
    body = virtual_machine("large", num_sockets=512, memory_size_bytes=2 * 1024**4)
    assert failed(tasks, vms.create_vm(body)) == "VMM-34400"


def test_wrong_password(server):
    vms = Clients(server, password="wrong", negotiation=False).api("vmm", "VmApi")
    refused = vms.refused("list_vms")
    assert refused.status == 401
    # The form of API v3, as plain text.
    assert refused.body["message_list"][0]["reason"] == "AUTHENTICATION_REQUIRED"


def test_a_viewer_deletes(viewer, vms, vm):
    refused = viewer.api("vmm", "VmApi").refused("delete_vm_by_id", vm, if_match=etag(vms.get_vm_by_id(vm)))
    assert refused.status == 403
    assert refused.body["data"]["error"][0]["errorGroup"]


def test_a_viewer_creates(viewer):
    refused = viewer.api("vmm", "VmApi").refused("create_vm", virtual_machine("viewer"))
    assert refused.status == 403


def test_a_viewer_lists(viewer, vm):
    # No error: what a user may not see is not there.
    assert viewer.api("vmm", "VmApi").list_vms().data is None
