"""Pages, filters, order and selection of lists."""

import pytest

from harness import preset
from harness.bodies import etag, virtual_machine
from harness.tasks import affected, succeeded

NAMES = ["list-a", "list-b", "list-c", "list-d", "it's"]


@pytest.fixture(scope="module", autouse=True)
def five_vms(vms, tasks):
    """VMs with 1 to 5 GiB of memory; they are gone when the calls of this file are."""
    ids = []
    for gib, name in enumerate(NAMES, start=1):
        body = virtual_machine(name, memory_size_bytes=gib * preset.GIB)
        ids.append(affected(succeeded(tasks, vms.create_vm(body)), "vmm:ahv:config:vm"))
    yield ids
    for vm in ids:
        succeeded(tasks, vms.delete_vm_by_id(vm, if_match=etag(vms.get_vm_by_id(vm))))


def names(answer):
    return [vm.name for vm in answer.data]


def flag(answer, name):
    [found] = [flag.value for flag in answer.metadata.flags if flag.name == name]
    return found


def test_first_page(vms):
    answer = vms.list_vms(_page=0, _limit=2, _filter="startswith(name,'list-')", _orderby="name")
    assert names(answer) == ["list-a", "list-b"]
    assert answer.metadata.total_available_results == 4
    assert flag(answer, "isPaginated") is True
    assert flag(answer, "hasError") is False


def test_last_page(vms):
    answer = vms.list_vms(_page=1, _limit=3, _filter="startswith(name,'list-')", _orderby="name")
    assert names(answer) == ["list-d"]


def test_page_past_the_end(vms):
    answer = vms.list_vms(_page=9, _limit=50)
    assert answer.data is None


def test_links_lead_to_the_next_page(vms):
    answer = vms.list_vms(_page=0, _limit=1)
    assert {"self", "next"} <= {link.rel for link in answer.metadata.links}


def test_limit_0(vms):
    assert vms.refused("list_vms", _limit=0).status == 400


def test_limit_101(vms):
    assert vms.refused("list_vms", _limit=101).status == 400


def test_order_downwards(vms):
    answer = vms.list_vms(_filter="startswith(name,'list-')", _orderby="memorySizeBytes desc")
    assert names(answer) == ["list-d", "list-c", "list-b", "list-a"]


def test_order_by_a_member_that_cannot(vms):
    assert vms.refused("list_vms", _orderby="description").status == 400


def test_select_two_members(vms):
    answer = vms.list_vms(_filter="name eq 'list-a'", _select="extId,name")
    [vm] = answer.data
    assert (vm.name, vm.memory_size_bytes, vm.power_state) == ("list-a", None, None)
    assert vm.ext_id


def test_filter_with_a_quote(vms):
    assert names(vms.list_vms(_filter="name eq 'it''s'")) == ["it's"]


def test_filter_with_and_or_not(vms):
    condition = "(name eq 'list-a' or name eq 'list-b') and not (name eq 'list-b')"
    assert names(vms.list_vms(_filter=condition)) == ["list-a"]


def test_filter_with_in(vms):
    answer = vms.list_vms(_filter="name in ('list-b','list-c')", _orderby="name")
    assert names(answer) == ["list-b", "list-c"]


def test_filter_with_contains(vms):
    assert names(vms.list_vms(_filter="contains(name,'st-c')")) == ["list-c"]


def test_filter_by_a_number(vms):
    assert names(vms.list_vms(_filter=f"memorySizeBytes eq {3 * preset.GIB}")) == ["list-c"]


def test_filter_by_cluster(vms):
    there = vms.list_vms(_filter=f"cluster/extId eq '{preset.SECOND_CLUSTER[1]}'")
    assert there.data is None
    assert there.metadata.total_available_results == 0
    here = f"cluster/extId eq '{preset.CLUSTER[1]}' and name eq 'list-a'"
    assert names(vms.list_vms(_filter=here)) == ["list-a"]


def test_filter_by_a_member_that_cannot(vms):
    assert vms.refused("list_vms", _filter="description eq 'x'").status == 400


def test_filter_that_is_none(vms):
    assert vms.refused("list_vms", _filter="name eq").status == 400


def test_nothing_found(vms):
    answer = vms.list_vms(_filter="name eq 'nobody'")
    assert answer.data is None
    assert answer.metadata.total_available_results == 0
