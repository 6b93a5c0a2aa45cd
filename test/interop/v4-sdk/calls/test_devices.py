"""What a VM is made of, one by one: disks, NICs, CD-ROMs, serial ports, categories, attributes."""

from types import SimpleNamespace

import ntnx_vmm_py_client as vmm
import pytest

from harness import preset
from harness.bodies import empty_disk, etag, image_disk, network_of, nic, virtual_machine
from harness.tasks import affected, succeeded


@pytest.fixture(scope="module")
def made():
    return SimpleNamespace()


@pytest.fixture(scope="module")
def vm(vms, tasks):
    """The id of a VM with a disk and a NIC."""
    body = virtual_machine("devices", disks=[image_disk()], nics=[nic()])
    return affected(succeeded(tasks, vms.create_vm(body)), "vmm:ahv:config:vm")


@pytest.fixture
def tag(vms, vm):
    """The VM's ETag of now, which every change of its parts needs."""
    return etag(vms.get_vm_by_id(vm))


def test_list_disks(vms, vm):
    [disk] = vms.list_disks_by_vm_id(vm).data
    assert disk.backing_info.disk_size_bytes == 20 * preset.GIB


def test_add_a_disk(vms, tasks, vm, tag, made):
    before = {disk.ext_id for disk in vms.list_disks_by_vm_id(vm).data}
    succeeded(tasks, vms.create_disk(vm, empty_disk(10 * preset.GIB), if_match=tag))
    [added] = [disk for disk in vms.list_disks_by_vm_id(vm).data if disk.ext_id not in before]
    assert (added.disk_address.bus_type, added.disk_address.index) == ("SCSI", 1)
    assert added.backing_info.storage_container.ext_id == preset.CONTAINER[1]
    made.disk = added.ext_id


def test_get_a_disk(vms, vm, made):
    answer = vms.get_disk_by_id(vm, made.disk)
    assert answer.data.backing_info.disk_size_bytes == 10 * preset.GIB


def test_grow_a_disk(vms, tasks, vm, tag, made):
    disk = vms.get_disk_by_id(vm, made.disk).data
    disk.backing_info.disk_size_bytes = 30 * preset.GIB
    succeeded(tasks, vms.update_disk_by_id(vm, made.disk, disk, if_match=tag))
    assert vms.get_disk_by_id(vm, made.disk).data.backing_info.disk_size_bytes == 30 * preset.GIB


def test_remove_a_disk(vms, tasks, vm, tag, made):
    succeeded(tasks, vms.delete_disk_by_id(vm, made.disk, if_match=tag))
    assert len(vms.list_disks_by_vm_id(vm).data) == 1


def test_list_nics(vms, vm):
    [card] = vms.list_nics_by_vm_id(vm).data
    assert network_of(card).subnet.ext_id == preset.SUBNET[1]


def test_add_a_nic(vms, tasks, vm, tag, made):
    before = {card.ext_id for card in vms.list_nics_by_vm_id(vm).data}
    succeeded(tasks, vms.create_nic(vm, nic(address="127.77.200.7"), if_match=tag))
    [added] = [card for card in vms.list_nics_by_vm_id(vm).data if card.ext_id not in before]
    assert network_of(added).ipv4_config.ip_address.value == "127.77.200.7"
    made.nic = added.ext_id


def test_get_a_nic(vms, vm, made):
    card = vms.get_nic_by_id(vm, made.nic).data
    # Also from new SDKs: a server answers with the older form beside the new one.
    assert card.backing_info.mac_address.count(":") == 5
    assert network_of(card).vlan_mode == "ACCESS"


def test_remove_a_nic(vms, tasks, vm, tag, made):
    succeeded(tasks, vms.delete_nic_by_id(vm, made.nic, if_match=tag))
    assert len(vms.list_nics_by_vm_id(vm).data) == 1


def test_add_a_cd_rom(vms, tasks, vm, tag, made):
    source = vmm.DataSource(reference=vmm.ImageReference(image_ext_id=preset.ISO[1]))
    body = vmm.AhvConfigCdRom(
        disk_address=vmm.AhvConfigCdRomAddress(bus_type=vmm.AhvConfigCdRomBusType.SATA),
        backing_info=vmm.AhvConfigVmDisk(data_source=source),
    )
    succeeded(tasks, vms.create_cd_rom(vm, body, if_match=tag))
    [cd_rom] = vms.list_cd_roms_by_vm_id(vm).data
    made.cd_rom = cd_rom.ext_id


def test_get_a_cd_rom(vms, vm, made):
    cd_rom = vms.get_cd_rom_by_id(vm, made.cd_rom).data
    assert (cd_rom.disk_address.bus_type, cd_rom.iso_type) == ("SATA", "OTHER")


def test_remove_a_cd_rom(vms, tasks, vm, tag, made):
    succeeded(tasks, vms.delete_cd_rom_by_id(vm, made.cd_rom, if_match=tag))
    assert not vms.list_cd_roms_by_vm_id(vm).data


def test_add_a_serial_port(vms, tasks, vm, tag, made):
    body = vmm.SerialPort(index=0, is_connected=True)
    succeeded(tasks, vms.create_serial_port(vm, body, if_match=tag))
    [port] = vms.list_serial_ports_by_vm_id(vm).data
    assert (port.index, port.is_connected) == (0, True)
    made.port = port.ext_id


def test_get_a_serial_port(vms, vm, made):
    assert vms.get_serial_port_by_id(vm, made.port).data.index == 0


def test_remove_a_serial_port(vms, tasks, vm, tag, made):
    succeeded(tasks, vms.delete_serial_port_by_id(vm, made.port, if_match=tag))
    assert not vms.list_serial_ports_by_vm_id(vm).data


def test_list_gpus_of_a_vm_without(vms, vm):
    answer = vms.list_gpus_by_vm_id(vm)
    # An empty list has no member `data` at all.
    assert answer.data is None


def test_associate_a_category(clients, vms, tasks, vm, tag, made):
    categories = clients.api("prism", "CategoriesApi")
    made.category = categories.list_categories(_filter="key eq 'env' and value eq 'eu'").data[0].ext_id
    body = vmm.AhvConfigAssociateVmCategoriesParams(
        categories=[vmm.AhvConfigCategoryReference(ext_id=made.category)]
    )
    succeeded(tasks, vms.associate_categories(vm, body, if_match=tag))
    assert [category.ext_id for category in vms.get_vm_by_id(vm).data.categories] == [made.category]


def test_find_the_vm_by_its_category(clients, vm, made):
    categories = clients.api("prism", "CategoriesApi")
    answer = categories.get_category_by_id(made.category, _expand="detailedAssociations")
    assert vm in [association.resource_id for association in answer.data.detailed_associations]


def test_disassociate_a_category(vms, tasks, vm, tag, made):
    body = vmm.AhvConfigDisassociateVmCategoriesParams(
        categories=[vmm.AhvConfigCategoryReference(ext_id=made.category)]
    )
    succeeded(tasks, vms.disassociate_categories(vm, body, if_match=tag))
    assert not vms.get_vm_by_id(vm).data.categories


def test_add_a_custom_attribute(vms, tasks, vm, tag):
    if not vms.offers("add_vm_custom_attributes"):
        pytest.skip("custom attributes came with v4.2")
    body = vmm.UpdateCustomAttributesParams(custom_attributes=["purpose:docker"])
    succeeded(tasks, vms.add_vm_custom_attributes(vm, body, if_match=tag))
    assert vms.get_vm_by_id(vm).data.custom_attributes == ["purpose:docker"]


def test_remove_a_custom_attribute(vms, tasks, vm, tag):
    if not vms.offers("remove_vm_custom_attributes"):
        pytest.skip("custom attributes came with v4.2")
    body = vmm.UpdateCustomAttributesParams(custom_attributes=["purpose:docker"])
    succeeded(tasks, vms.remove_vm_custom_attributes(vm, body, if_match=tag))
    assert not vms.get_vm_by_id(vm).data.custom_attributes


def test_delete_it_all(vms, tasks, vm, tag):
    succeeded(tasks, vms.delete_vm_by_id(vm, if_match=tag))
    assert vms.refused("list_disks_by_vm_id", vm).status == 404
