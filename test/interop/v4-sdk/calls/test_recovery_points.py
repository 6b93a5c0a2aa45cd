"""Recovery points of volume groups: the way to a consistent copy, and back."""

from types import SimpleNamespace

import ntnx_dataprotection_py_client as dataprotection
import ntnx_volumes_py_client as volumes
import pytest

from harness import preset
from harness.bodies import etag
from harness.tasks import affected, succeeded


@pytest.fixture(scope="module")
def points(clients):
    return clients.api("dataprotection", "RecoveryPointsApi")


@pytest.fixture(scope="module")
def groups(clients):
    return clients.api("volumes", "VolumeGroupsApi")


@pytest.fixture(scope="module")
def group(groups, tasks):
    """The id of a volume group with one disk, which is gone at the end."""
    body = volumes.VolumeGroup(
        name="points",
        cluster_reference=preset.CLUSTER[1],
        disks=[
            volumes.VolumeDisk(
                index=0,
                disk_size_bytes=preset.GIB,
                disk_data_source_reference=volumes.EntityReference(
                    entity_type=volumes.EntityType.STORAGE_CONTAINER, ext_id=preset.CONTAINER[1]
                ),
            )
        ],
    )
    found = affected(succeeded(tasks, groups.create_volume_group(body)), "volumes:config:volume-group")
    yield found
    delete_group(groups, tasks, found)


def delete_group(groups, tasks, group):
    tag = etag(groups.get_volume_group_by_id(group))
    succeeded(tasks, groups.delete_volume_group_by_id(group, if_match=tag))


@pytest.fixture(scope="module")
def made():
    return SimpleNamespace()


def test_create_a_recovery_point(points, tasks, group, made):
    body = dataprotection.RecoveryPoint(
        name="point",
        volume_group_recovery_points=[dataprotection.VolumeGroupRecoveryPoint(volume_group_ext_id=group)],
    )
    task = succeeded(tasks, points.create_recovery_point(body))
    made.point = affected(task, "dataprotection:config:recovery-point")


def test_get_a_recovery_point(points, group, made):
    point = points.get_recovery_point_by_id(made.point).data
    assert (point.ext_id, point.name, point.status) == (made.point, "point", "COMPLETE")
    [part] = point.volume_group_recovery_points
    assert part.volume_group_ext_id == group
    assert len(part.disk_recovery_points) == 1
    made.part = part.ext_id


def test_list_recovery_points(points, made):
    answer = points.list_recovery_points(_filter="name eq 'point'")
    assert [point.ext_id for point in answer.data] == [made.point]


def test_restore_as_a_new_group(points, groups, tasks, group, made):
    override = dataprotection.VolumeGroupRecoveryPointRestoreOverride(
        volume_group_recovery_point_ext_id=made.part,
        volume_group_override_spec=dataprotection.VolumeGroupOverrideSpec(name="restored"),
    )
    body = dataprotection.RecoveryPointRestorationSpec(
        cluster_ext_id=preset.CLUSTER[1], volume_group_recovery_point_restore_overrides=[override]
    )
    task = succeeded(tasks, points.restore_recovery_point(made.point, body))
    [detail] = [detail.value for detail in task.completion_details if detail.name == "volumeGroupExtIds"]
    [restored] = groups.list_volume_groups(_filter="name eq 'restored'").data
    assert restored.ext_id in detail
    assert restored.ext_id != group
    delete_group(groups, tasks, restored.ext_id)


def test_revert_the_group(groups, tasks, group, made):
    body = volumes.RevertSpec(volume_group_recovery_point_ext_id=made.part)
    tag = etag(groups.get_volume_group_by_id(group))
    succeeded(tasks, groups.revert_volume_group(group, body, if_match=tag))


def test_get_an_unknown_recovery_point(points):
    assert points.refused("get_recovery_point_by_id", preset.UNKNOWN).status == 404


def test_delete_a_recovery_point(points, tasks, made):
    succeeded(tasks, points.delete_recovery_point_by_id(made.point))
    assert points.refused("get_recovery_point_by_id", made.point).status == 404
