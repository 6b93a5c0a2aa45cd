"""What programs ask before they make anything: clusters, hosts, containers, GPUs, subnets, users."""

import pytest

from harness import preset
from harness.bodies import etag


@pytest.fixture(scope="module")
def clusters(clients):
    return clients.api("clustermgmt", "ClustersApi")


@pytest.fixture(scope="module")
def containers(clients):
    return clients.api("clustermgmt", "StorageContainersApi")


@pytest.fixture(scope="module")
def subnets(clients):
    return clients.api("networking", "SubnetsApi")


@pytest.fixture(scope="module")
def users(clients):
    return clients.api("iam", "UsersApi")


def names(answer):
    return sorted(item.name for item in answer.data)


def test_list_clusters(clusters):
    answer = clusters.list_clusters()
    # Prism Central is in its own list.
    assert names(answer) == ["DR-Cluster", "PC-Cluster", "Unnamed"]
    functions = {cluster.name: cluster.config.cluster_function for cluster in answer.data}
    assert functions["PC-Cluster"] == ["AOS"]
    assert functions["Unnamed"] == ["PRISM_CENTRAL"]
    assert answer.metadata.total_available_results == 3


def test_list_clusters_that_run_vms(clusters):
    word = "Clustermgmt.Config.ClusterFunctionRef'AOS'"
    answer = clusters.list_clusters(_filter=f"config/clusterFunction/any(t:t eq {word})")
    assert names(answer) == ["DR-Cluster", "PC-Cluster"]


def test_find_a_cluster_by_name(clusters):
    answer = clusters.list_clusters(_filter="name eq 'PC-Cluster'")
    assert [cluster.ext_id for cluster in answer.data] == [preset.CLUSTER[1]]


def test_get_a_cluster(clusters):
    answer = clusters.get_cluster_by_id(preset.CLUSTER[1])
    cluster = answer.data
    assert cluster.name == "PC-Cluster"
    assert cluster.network.external_data_service_ip.ipv4.value == "10.40.231.132"
    assert cluster.nodes.number_of_nodes == 3
    assert etag(answer)


def test_get_an_unknown_cluster(clusters):
    assert clusters.refused("get_cluster_by_id", preset.UNKNOWN).status == 404


def test_list_hosts(clusters):
    answer = clusters.list_hosts()
    assert sorted(host.host_name for host in answer.data) == ["node-1", "node-2", "node-3", "node-4"]


def test_list_hosts_of_a_cluster(clusters):
    answer = clusters.list_hosts_by_cluster_id(preset.CLUSTER[1])
    assert len(answer.data) == 3
    assert {host.cluster.uuid for host in answer.data} == {preset.CLUSTER[1]}
    assert all(host.number_of_cpu_cores > 0 and host.memory_size_bytes > 0 for host in answer.data)


def test_get_a_host(clusters):
    host = clusters.list_hosts_by_cluster_id(preset.CLUSTER[1], _limit=1).data[0]
    answer = clusters.get_host_by_id(preset.CLUSTER[1], host.ext_id)
    assert answer.data.host_name == host.host_name


def test_list_storage_containers(containers):
    answer = containers.list_storage_containers()
    assert names(answer) == ["SelfServiceContainer", "default-container", "default-container"]


def test_find_a_storage_container(containers):
    condition = f"name eq 'default-container' and clusterExtId eq '{preset.CLUSTER[1]}'"
    answer = containers.list_storage_containers(_filter=condition)
    assert [container.cluster_name for container in answer.data] == ["PC-Cluster"]
    assert answer.data[0].container_ext_id == "9b88df5b-6841-45fb-b392-5d92c2388444"


def test_get_a_storage_container(containers):
    answer = containers.get_storage_container_by_id(preset.CONTAINER[1])
    assert answer.data.name == preset.CONTAINER[0]
    assert answer.data.max_capacity_bytes == 4096 * preset.GIB


def test_list_physical_gpu_profiles(clusters):
    answer = clusters.list_physical_gpu_profiles(preset.CLUSTER[1])
    [gpu] = [profile.physical_gpu_config for profile in answer.data]
    assert (gpu.device_id, gpu.vendor_name, gpu.type) == (5106, "kNvidia", "PASSTHROUGH_COMPUTE")
    assert gpu.assignable == 2


def test_list_virtual_gpu_profiles(clusters):
    answer = clusters.list_virtual_gpu_profiles(preset.CLUSTER[1])
    [gpu] = [profile.virtual_gpu_config for profile in answer.data]
    assert (gpu.device_name, gpu.device_id, gpu.type) == ("NVIDIA A16-2Q", 1712, "VIRTUAL")


def test_list_subnets(subnets):
    answer = subnets.list_subnets()
    assert names(answer) == ["vm-network", "vm-network", "vm-network-dhcp", "vpc-overlay"]


def test_find_a_subnet_of_a_cluster(subnets):
    condition = f"name eq 'vm-network' and clusterReference eq '{preset.CLUSTER[1]}'"
    answer = subnets.list_subnets(_filter=condition)
    assert [subnet.ext_id for subnet in answer.data] == [preset.SUBNET[1]]


def test_get_a_managed_subnet(subnets):
    answer = subnets.get_subnet_by_id(preset.SUBNET[1])
    subnet = answer.data
    assert (subnet.name, subnet.subnet_type, subnet.network_id) == ("vm-network", "VLAN", 173)
    [config] = subnet.ip_config
    assert config.ipv4.ip_subnet.ip.value == "127.77.0.0"
    assert config.ipv4.ip_subnet.prefix_length == 16
    assert etag(answer)


def test_get_an_unmanaged_subnet(subnets):
    answer = subnets.get_subnet_by_id(preset.UNMANAGED_SUBNET[1])
    assert not answer.data.ip_config


def test_get_an_overlay_subnet(subnets):
    subnet = subnets.get_subnet_by_id(preset.OVERLAY_SUBNET[1]).data
    assert (subnet.subnet_type, subnet.vpc_reference) == ("OVERLAY", "6b2e1f44-6c1f-4b3b-9b7a-1e9c2a1d3f88")


def test_get_an_unknown_subnet(subnets):
    assert subnets.refused("get_subnet_by_id", preset.UNKNOWN).status == 404


def test_list_users(users):
    answer = users.list_users(_filter="username eq 'admin'")
    assert [user.username for user in answer.data] == ["admin"]


def test_get_a_user(users):
    listed = users.list_users(_filter="username eq 'viewer'").data[0]
    assert users.get_user_by_id(listed.ext_id).data.username == "viewer"


def test_list_domain_managers(clients, server):
    answer = clients.api("prism", "DomainManagerApi").list_domain_managers()
    assert server.pc_version in answer.data[0].config.build_info.version
