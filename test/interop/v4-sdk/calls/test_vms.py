"""The life of a VM: create, get, update with its ETag, power, clone, delete."""

from types import SimpleNamespace

import ntnx_vmm_py_client as vmm
import pytest

from harness import preset
from harness.bodies import cloud_init, etag, image_disk, network_of, nic, virtual_machine
from harness.tasks import affected, succeeded


@pytest.fixture(scope="module")
def made():
    return SimpleNamespace()


def test_create_a_vm(vms, tasks, made):
    body = virtual_machine(
        "life",
        description="made by the SDK",
        disks=[image_disk()],
        nics=[nic()],
        guest_customization=cloud_init(),
        boot_config=vmm.LegacyBoot(boot_order=[vmm.BootDeviceType.CDROM, vmm.BootDeviceType.DISK]),
    )
    task = succeeded(tasks, vms.create_vm(body))
    assert (task.operation, task.is_cancelable) == ("CreateVm", False)
    made.vm = affected(task, "vmm:ahv:config:vm")


def test_get_a_vm(vms, made):
    answer = vms.get_vm_by_id(made.vm)
    vm = answer.data
    assert (vm.ext_id, vm.name, vm.description) == (made.vm, "life", "made by the SDK")
    assert (vm.num_sockets, vm.num_cores_per_socket, vm.memory_size_bytes) == (2, 1, 2 * preset.GIB)
    assert (vm.power_state, vm.machine_type, vm.cluster.ext_id) == ("OFF", "PC", preset.CLUSTER[1])
    assert isinstance(vm.boot_config, vmm.LegacyBoot)
    assert vm.create_time.utcoffset().total_seconds() == 0
    [disk] = vm.disks
    assert isinstance(disk.backing_info, vmm.AhvConfigVmDisk)
    assert disk.backing_info.disk_size_bytes == 20 * preset.GIB
    assert disk.backing_info.data_source.reference.image_ext_id == preset.IMAGE[1]
    assert (disk.disk_address.bus_type, disk.disk_address.index) == ("SCSI", 0)
    assert network_of(vm.nics[0]).subnet.ext_id == preset.SUBNET[1]
    # What a guest is told at its first boot cannot be read back.
    assert vm.guest_customization is None
    assert etag(answer)


def test_the_seed_is_a_cd_rom(vms, made):
    [cd_rom] = vms.list_cd_roms_by_vm_id(made.vm).data
    assert cd_rom.iso_type == "GUEST_CUSTOMIZATION"


def test_update_a_vm(vms, tasks, made):
    vm = vms.get_vm_by_id(made.vm).data
    vm.num_sockets = 4
    vm.description = "changed by the SDK"
    # The SDK takes the ETag from the object that it got.
    succeeded(tasks, vms.update_vm_by_id(made.vm, vm))
    changed = vms.get_vm_by_id(made.vm).data
    assert (changed.num_sockets, changed.description, len(changed.disks)) == (4, "changed by the SDK", 1)


def test_power_on(vms, tasks, made):
    tag = etag(vms.get_vm_by_id(made.vm))
    succeeded(tasks, vms.power_on_vm(made.vm, if_match=tag))
    vm = vms.get_vm_by_id(made.vm).data
    assert vm.power_state == "ON"
    assert vm.host.ext_id
    assert network_of(vm.nics[0]).ipv4_config.ip_address.value.startswith("127.77.")


def test_list_running_vms(vms, made):
    answer = vms.list_vms(_filter="powerState eq Vmm.Ahv.Config.PowerState'ON'")
    assert [vm.ext_id for vm in answer.data] == [made.vm]


def test_reset(vms, tasks, made):
    succeeded(tasks, vms.reset_vm(made.vm, if_match=etag(vms.get_vm_by_id(made.vm))))
    assert vms.get_vm_by_id(made.vm).data.power_state == "ON"


def test_power_cycle(vms, tasks, made):
    succeeded(tasks, vms.power_cycle_vm(made.vm, if_match=etag(vms.get_vm_by_id(made.vm))))
    assert vms.get_vm_by_id(made.vm).data.power_state == "ON"


def test_reboot(vms, tasks, made):
    succeeded(tasks, vms.reboot_vm(made.vm, if_match=etag(vms.get_vm_by_id(made.vm))))


def test_shut_down(vms, tasks, made):
    # The task ends when the guest was told; what the guest makes of it is not the task's matter.
    succeeded(tasks, vms.shutdown_vm(made.vm, if_match=etag(vms.get_vm_by_id(made.vm))))


def test_power_off(vms, tasks, made):
    answer = vms.get_vm_by_id(made.vm)
    if answer.data.power_state == "ON":
        succeeded(tasks, vms.power_off_vm(made.vm, if_match=etag(answer)))
    vm = vms.get_vm_by_id(made.vm).data
    assert vm.power_state == "OFF"
    assert vm.host is None


def test_clone(vms, tasks, made):
    body = vmm.CloneOverrideParams(name="clone")
    tag = etag(vms.get_vm_by_id(made.vm))
    task = succeeded(tasks, vms.clone_vm(made.vm, body, if_match=tag))
    [clone] = vms.list_vms(_filter="name eq 'clone'").data
    assert clone.ext_id != made.vm
    assert clone.ext_id in [entity.ext_id for entity in task.entities_affected]
    succeeded(tasks, vms.delete_vm_by_id(clone.ext_id, if_match=etag(vms.get_vm_by_id(clone.ext_id))))


def test_uefi_with_secure_boot(vms, tasks):
    body = virtual_machine(
        "uefi",
        machine_type=vmm.MachineType.Q35,
        boot_config=vmm.UefiBoot(is_secure_boot_enabled=True),
    )
    vm = affected(succeeded(tasks, vms.create_vm(body)), "vmm:ahv:config:vm")
    answer = vms.get_vm_by_id(vm)
    assert isinstance(answer.data.boot_config, vmm.UefiBoot)
    assert (answer.data.boot_config.is_secure_boot_enabled, answer.data.machine_type) == (True, "Q35")
    succeeded(tasks, vms.delete_vm_by_id(vm, if_match=etag(answer)))


def test_a_disk_grows_to_its_image(vms, tasks):
    body = virtual_machine("small", disks=[image_disk(size=preset.GIB)])
    vm = affected(succeeded(tasks, vms.create_vm(body)), "vmm:ahv:config:vm")
    answer = vms.get_vm_by_id(vm)
    assert answer.data.disks[0].backing_info.disk_size_bytes == preset.IMAGE_BYTES
    succeeded(tasks, vms.delete_vm_by_id(vm, if_match=etag(answer)))


def test_a_vm_in_a_project(vms, tasks, server):
    if not hasattr(vmm, "ProjectReference"):
        pytest.skip("v4.0 has no projects")
    body = virtual_machine("in-project", project=vmm.ProjectReference(ext_id=preset.PROJECT[1]))
    vm = affected(succeeded(tasks, vms.create_vm(body)), "vmm:ahv:config:vm")
    answer = vms.get_vm_by_id(vm)
    assert answer.data.project.ext_id == preset.PROJECT[1]
    succeeded(tasks, vms.delete_vm_by_id(vm, if_match=etag(answer)))


def test_an_empty_body_makes_a_nameless_vm(vms, tasks, server):
    if server.pc_version != "pc.7.6":
        pytest.skip("only recorded of pc.7.6")
    body = vmm.AhvConfigVm(cluster=vmm.AhvConfigClusterReference(ext_id=preset.CLUSTER[1]))
    vm = affected(succeeded(tasks, vms.create_vm(body)), "vmm:ahv:config:vm")
    answer = vms.get_vm_by_id(vm)
    assert not answer.data.name
    succeeded(tasks, vms.delete_vm_by_id(vm, if_match=etag(answer)))


def test_delete_a_vm(vms, tasks, made):
    tag = etag(vms.get_vm_by_id(made.vm))
    succeeded(tasks, vms.delete_vm_by_id(made.vm, if_match=tag))
    refused = vms.refused("get_vm_by_id", made.vm)
    assert (refused.status, refused.code) == (404, "VMM-30100")
