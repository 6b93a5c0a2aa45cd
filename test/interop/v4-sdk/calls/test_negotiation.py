"""How an SDK and a server agree on the version of each namespace."""

import re

import pytest

from harness.clients import Clients
from harness.preset import UNKNOWN

# The first call of a program in each namespace that negotiates; iam does not.
FIRST_CALLS = {
    "vmm": ("VmApi", "list_vms"),
    "prism": ("TasksApi", "list_tasks"),
    "clustermgmt": ("ClustersApi", "list_clusters"),
    "networking": ("SubnetsApi", "list_subnets"),
    "volumes": ("VolumeGroupsApi", "list_volume_groups"),
    "dataprotection": ("RecoveryPointsApi", "list_recovery_points"),
}
NEWEST = {"prism": "v4.4", "networking": "v4.4", "dataprotection": "v4.4"}

# The version that an SDK of the newest generation ends up with, and whether that server has it.
AGREED = {
    "pc.7.6": lambda namespace: NEWEST.get(namespace, "v4.3"),
    "pc.7.5": lambda namespace: "v4.2",
    # Below v4.2 an SDK does not negotiate but keeps its own version, which such a server does not have.
    "pc.2024.3": lambda namespace: None,
}


@pytest.fixture
def fresh(server):
    """Clients that have asked the server nothing yet."""
    return Clients(server)


def negotiating(api):
    if not hasattr(api.client, "negotiate_version"):
        pytest.skip("SDKs of v4.0 do not negotiate")
    return api


@pytest.mark.parametrize("namespace", FIRST_CALLS)
def test_agree_in(namespace, fresh, server):
    name, method = FIRST_CALLS[namespace]
    api = negotiating(fresh.api(namespace, name))
    agreed = AGREED[server.pc_version](namespace)
    if agreed is None:
        refused = api.refused(method)
        assert refused.status == 404
        assert "The requested URL was not found" in refused.body["message"]
    else:
        assert getattr(api, method)().metadata.total_available_results >= 0
    assert api.client.get_negotiated_version() == agreed


def test_ask_for_the_version_alone(fresh, server):
    api = negotiating(fresh.api("vmm", "VmApi"))
    api.client.negotiate_version(["basicAuthScheme"])
    assert api.client.get_negotiated_version() == AGREED[server.pc_version]("vmm")


def test_a_404_changes_nothing(fresh, server):
    # The SDK means to ask again after a 404 and never does: findings/ntnx-python-negotiation.sh.
    api = negotiating(fresh.api("vmm", "VmApi"))
    assert api.refused("get_vm_by_id", UNKNOWN).status == 404
    assert api.client.get_negotiated_version() == AGREED[server.pc_version]("vmm")


def test_without_negotiation(server):
    api = negotiating(Clients(server, negotiation=False).api("vmm", "VmApi"))
    if server.pc_version == "pc.7.6":
        assert api.list_vms(_limit=1).metadata is not None
    else:
        # Every path of this SDK says v4.3.
        assert re.search("not found", api.refused("list_vms", _limit=1).text)
    assert api.client.get_negotiated_version() is None
