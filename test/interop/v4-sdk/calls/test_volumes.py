"""Volume groups, their disks, and who they are attached to."""

from types import SimpleNamespace

import ntnx_volumes_py_client as volumes
import pytest

from harness import preset
from harness.bodies import etag, virtual_machine
from harness.tasks import affected, finished, succeeded

INITIATOR = "iqn.1994-05.com.redhat:sdk"


@pytest.fixture(scope="module")
def groups(clients):
    return clients.api("volumes", "VolumeGroupsApi")


@pytest.fixture(scope="module")
def initiators(clients):
    return clients.api("volumes", "IscsiClientsApi")


@pytest.fixture(scope="module")
def made():
    return SimpleNamespace()


@pytest.fixture(scope="module")
def vm(vms, tasks):
    """The id of a VM that is gone at the end."""
    found = affected(succeeded(tasks, vms.create_vm(virtual_machine("volumes"))), "vmm:ahv:config:vm")
    yield found
    succeeded(tasks, vms.delete_vm_by_id(found, if_match=etag(vms.get_vm_by_id(found))))


def disk(size, index=None):
    return volumes.VolumeDisk(
        index=index,
        disk_size_bytes=size,
        disk_data_source_reference=volumes.EntityReference(
            entity_type=volumes.EntityType.STORAGE_CONTAINER, ext_id=preset.CONTAINER[1]
        ),
    )


def test_create_a_volume_group(groups, tasks, made):
    body = volumes.VolumeGroup(
        name="sdk-group",
        description="made by the SDK",
        cluster_reference=preset.CLUSTER[1],
        sharing_status=volumes.SharingStatus.NOT_SHARED,
        usage_type=volumes.UsageType.USER,
        target_prefix="sdk",
        disks=[disk(10 * preset.GIB, index=0)],
    )
    made.group = affected(succeeded(tasks, groups.create_volume_group(body)), "volumes:config:volume-group")


def test_get_a_volume_group(groups, made):
    answer = groups.get_volume_group_by_id(made.group)
    group = answer.data
    assert (group.name, group.description) == ("sdk-group", "made by the SDK")
    assert (group.cluster_reference, group.sharing_status) == (preset.CLUSTER[1], "NOT_SHARED")
    assert group.target_name == f"sdk-{made.group}"
    assert etag(answer)


def test_list_volume_groups(groups, made):
    answer = groups.list_volume_groups(_filter="name eq 'sdk-group'", _orderby="name", _limit=10)
    assert [group.ext_id for group in answer.data] == [made.group]


def test_select_of_volume_groups(groups, made):
    answer = groups.list_volume_groups(_select="name,extId")
    [group] = [group for group in answer.data if group.ext_id == made.group]
    assert (group.name, group.target_name) == ("sdk-group", None)


def test_update_a_volume_group(groups, tasks, made):
    group = groups.get_volume_group_by_id(made.group).data
    group.description = "changed by the SDK"
    succeeded(tasks, groups.update_volume_group_by_id(made.group, group))
    assert groups.get_volume_group_by_id(made.group).data.description == "changed by the SDK"


def test_list_volume_disks(groups, made):
    [found] = groups.list_volume_disks_by_volume_group_id(made.group).data
    assert (found.index, found.disk_size_bytes) == (0, 10 * preset.GIB)
    assert found.storage_container_id == preset.CONTAINER[1]
    made.first_disk = found.ext_id


def test_create_a_volume_disk(groups, tasks, made):
    answer = groups.create_volume_disk(made.group, disk(5 * preset.GIB))
    made.disk = affected(succeeded(tasks, answer), "volumes:config:volume-group:disk")
    assert len(groups.list_volume_disks_by_volume_group_id(made.group).data) == 2


def test_create_a_volume_disk_without_source(groups, tasks, made):
    body = volumes.VolumeDisk(disk_size_bytes=preset.GIB)
    refused = groups.refused("create_volume_disk", made.group, body)
    assert (refused.status, refused.code) == (400, "VOL-40101")


def test_get_a_volume_disk(groups, made):
    answer = groups.get_volume_disk_by_id(made.group, made.disk)
    assert answer.data.disk_size_bytes == 5 * preset.GIB


def test_grow_a_volume_disk(groups, tasks, made):
    found = groups.get_volume_disk_by_id(made.group, made.disk).data
    found.disk_size_bytes = 8 * preset.GIB
    succeeded(tasks, groups.update_volume_disk_by_id(made.group, made.disk, found))
    assert groups.get_volume_disk_by_id(made.group, made.disk).data.disk_size_bytes == 8 * preset.GIB


def test_delete_a_volume_disk(groups, tasks, made):
    succeeded(tasks, groups.delete_volume_disk_by_id(made.group, made.disk))
    assert len(groups.list_volume_disks_by_volume_group_id(made.group).data) == 1


def test_attach_a_vm(groups, tasks, vm, made):
    task = succeeded(tasks, groups.attach_vm(made.group, volumes.VmAttachment(ext_id=vm)))
    assert task.operation == "VolumeGroupAttachVm"


def test_list_attached_vms(groups, vm, made):
    answer = groups.list_vm_attachments_by_volume_group_id(made.group)
    assert [attachment.ext_id for attachment in answer.data] == [vm]


def test_the_vm_shows_the_group(vms, vm, made):
    references = [disk.backing_info.get_object_type() for disk in vms.get_vm_by_id(vm).data.disks]
    assert references == ["vmm.v4.ahv.config.ADSFVolumeGroupReference"]
    assert vms.get_vm_by_id(vm).data.disks[0].backing_info.volume_group_ext_id == made.group


def test_attach_it_twice(groups, tasks, vm, made):
    # Not shared: one attachment at a time.
    body = volumes.IscsiClient(iscsi_initiator_name=INITIATOR)
    assert finished(tasks, groups.attach_iscsi_client(made.group, body)).status == "FAILED"


def test_delete_it_while_attached(groups, tasks, made):
    tag = etag(groups.get_volume_group_by_id(made.group))
    assert finished(tasks, groups.delete_volume_group_by_id(made.group, if_match=tag)).status == "FAILED"
    assert groups.get_volume_group_by_id(made.group).data.ext_id == made.group


def test_detach_a_vm(groups, tasks, vm, made):
    succeeded(tasks, groups.detach_vm(made.group, volumes.VmAttachment(ext_id=vm)))
    assert groups.list_vm_attachments_by_volume_group_id(made.group).data is None


def test_attach_an_iscsi_client(groups, tasks, made):
    body = volumes.IscsiClient(
        iscsi_initiator_name=INITIATOR,
        enabled_authentications=volumes.AuthenticationType.CHAP,
        client_secret="twelve-chars",
        num_virtual_targets=32,
    )
    task = succeeded(tasks, groups.attach_iscsi_client(made.group, body))
    assert task.operation == "VolumeGroupAttachExternal"
    made.client = affected(task, "volumes:config:iscsi-client")


def test_list_attached_iscsi_clients(groups, made):
    answer = groups.list_external_iscsi_attachments_by_volume_group_id(made.group)
    assert [attachment.ext_id for attachment in answer.data] == [made.client]


def test_attachments_of_the_group(groups, made):
    if "attachments" not in volumes.VolumeGroup.swagger_types:
        pytest.skip("came with v4.1")
    group = groups.get_volume_group_by_id(made.group).data
    [attachment] = [entry.attachment for entry in group.attachments]
    assert isinstance(attachment, volumes.IscsiClientAttachment)
    assert (attachment.ext_id, group.attachment_type, group.protocol) == (made.client, "EXTERNAL", "ISCSI")


def test_list_iscsi_clients(initiators, made):
    answer = initiators.list_iscsi_clients()
    [client] = [client for client in answer.data if client.ext_id == made.client]
    assert (client.iscsi_initiator_name, client.enabled_authentications) == (INITIATOR, "CHAP")
    # A secret goes in and never comes out.
    assert client.client_secret is None


def test_get_an_iscsi_client(initiators, made):
    client = initiators.get_iscsi_client_by_id(made.client).data
    assert client.cluster_reference == preset.CLUSTER[1]
    assert [target.num_virtual_targets for target in client.attached_targets] == [32]


def test_get_an_unknown_iscsi_client(initiators):
    assert initiators.refused("get_iscsi_client_by_id", preset.UNKNOWN).status == 400


def test_update_an_iscsi_client(initiators, tasks, made):
    client = initiators.get_iscsi_client_by_id(made.client).data
    client.client_secret = "another-secret"
    succeeded(tasks, initiators.update_iscsi_client_by_id(made.client, client))


def test_detach_an_iscsi_client(groups, tasks, made):
    body = volumes.IscsiClientAttachment(ext_id=made.client)
    succeeded(tasks, groups.detach_iscsi_client(made.group, body))
    assert groups.list_external_iscsi_attachments_by_volume_group_id(made.group).data is None


def test_attach_a_known_iscsi_client(groups, tasks, made):
    succeeded(tasks, groups.attach_iscsi_client(made.group, volumes.IscsiClient(ext_id=made.client)))
    body = volumes.IscsiClientAttachment(ext_id=made.client)
    succeeded(tasks, groups.detach_iscsi_client(made.group, body))


def test_associate_a_category_with_the_group(clients, groups, tasks, made):
    categories = clients.api("prism", "CategoriesApi")
    made.category = categories.list_categories(_filter="key eq 'env' and value eq 'prod'").data[0].ext_id
    body = volumes.CategoryEntityReferences(
        categories=[
            volumes.EntityReference(entity_type=volumes.EntityType.CATEGORY, ext_id=made.category),
        ]
    )
    succeeded(tasks, groups.associate_category(made.group, body))


def test_categories_of_the_group(groups, made):
    answer = groups.list_category_associations_by_volume_group_id(made.group)
    assert [category.ext_id for category in answer.data] == [made.category]


def test_clone_a_volume_disk(groups, tasks, made):
    body = volumes.VolumeGroup(
        name="sdk-copy",
        cluster_reference=preset.CLUSTER[1],
        disks=[
            volumes.VolumeDisk(
                index=0,
                disk_data_source_reference=volumes.EntityReference(
                    entity_type=volumes.EntityType.VOLUME_DISK, ext_id=made.first_disk
                ),
            )
        ],
    )
    copy = affected(succeeded(tasks, groups.create_volume_group(body)), "volumes:config:volume-group")
    [found] = groups.list_volume_disks_by_volume_group_id(copy).data
    assert found.disk_size_bytes == 10 * preset.GIB
    tag = etag(groups.get_volume_group_by_id(copy))
    succeeded(tasks, groups.delete_volume_group_by_id(copy, if_match=tag))


def test_get_an_unknown_volume_group(groups):
    assert groups.refused("get_volume_group_by_id", preset.UNKNOWN).status == 404


def test_delete_a_volume_group(groups, tasks, made):
    tag = etag(groups.get_volume_group_by_id(made.group))
    task = succeeded(tasks, groups.delete_volume_group_by_id(made.group, if_match=tag))
    assert task.operation == "VolumeGroupDelete"
    assert groups.refused("get_volume_group_by_id", made.group).status == 404
