"""Bodies that several calls send, made of the SDK's own classes."""

import base64

import ntnx_vmm_py_client as vmm

from harness import preset

# SDKs of 4.1 and newer have a choice of NICs; the older form is all that 4.0 knows.
HAS_NIC_CHOICE = hasattr(vmm, "VirtualEthernetNic")


def virtual_machine(name, **members):
    """A VM of 2 vCPUs and 2 GiB on the preset's cluster, without disks and NICs unless they are given."""
    given = {
        "name": name,
        "cluster": vmm.AhvConfigClusterReference(ext_id=preset.CLUSTER[1]),
        "num_sockets": 2,
        "num_cores_per_socket": 1,
        "memory_size_bytes": 2 * preset.GIB,
        **members,
    }
    return vmm.AhvConfigVm(**given)


def image_disk(image=preset.IMAGE[1], size=20 * preset.GIB):
    source = vmm.DataSource(reference=vmm.ImageReference(image_ext_id=image))
    return vmm.AhvConfigDisk(
        disk_address=vmm.AhvConfigDiskAddress(bus_type=vmm.AhvConfigDiskBusType.SCSI, index=0),
        backing_info=vmm.AhvConfigVmDisk(disk_size_bytes=size, data_source=source),
    )


def empty_disk(size, index=None):
    address = {} if index is None else {"index": index}
    container = vmm.AhvConfigVmDiskContainerReference(ext_id=preset.CONTAINER[1])
    return vmm.AhvConfigDisk(
        disk_address=vmm.AhvConfigDiskAddress(bus_type=vmm.AhvConfigDiskBusType.SCSI, **address),
        backing_info=vmm.AhvConfigVmDisk(disk_size_bytes=size, storage_container=container),
    )


def nic(subnet=preset.SUBNET[1], address=None):
    """On the subnet, with a fixed address of its pool where one is given."""
    network = {"subnet": vmm.SubnetReference(ext_id=subnet), "vlan_mode": vmm.VlanMode.ACCESS}
    if address is not None:
        network["ipv4_config"] = vmm.Ipv4Config(
            should_assign_ip=True, ip_address=vmm.IPv4Address(value=address, prefix_length=32)
        )
    if HAS_NIC_CHOICE:
        return vmm.AhvConfigNic(
            nic_backing_info=vmm.VirtualEthernetNic(is_connected=True),
            nic_network_info=vmm.VirtualEthernetNicNetworkInfo(**network),
        )
    return vmm.AhvConfigNic(
        backing_info=vmm.EmulatedNic(is_connected=True),
        network_info=vmm.AhvConfigNicNetworkInfo(**network),
    )


def cloud_init(text="#cloud-config\nhostname: docker\n"):
    script = vmm.Userdata(value=base64.b64encode(text.encode()).decode())
    return vmm.GuestCustomizationParams(
        config=vmm.CloudInit(
            datasource_type=vmm.CloudInitDataSourceType.CONFIG_DRIVE_V2, cloud_init_script=script
        )
    )


def network_of(nic):
    """The network part of a NIC that a server answered with, in the form that this SDK knows."""
    return nic.nic_network_info if HAS_NIC_CHOICE else nic.network_info


def etag(answer):
    """What the SDK keeps of the header ETag of the GET of one entity."""
    found = vmm.ApiClient.get_etag(answer)
    assert found, "the answer has no ETag"
    return found
