package prismgoclientv4

import (
	"testing"

	"github.com/nutanix-cloud-native/prism-go-client/converged"
	clustermgmt "github.com/nutanix/ntnx-api-golang-clients/clustermgmt-go-client/v4/models/clustermgmt/v4/config"
	prism "github.com/nutanix/ntnx-api-golang-clients/prism-go-client/v4/models/prism/v4/config"
)

func TestClusters(t *testing.T) {
	api, ctx := client(t)
	clusters, err := api.Clusters.List(ctx, converged.WithFilter("name eq 'PC-Cluster'"))
	check(t, err)
	equal(t, "the number of clusters", len(clusters), 1)
	found, err := api.Clusters.Get(ctx, *clusters[0].ExtId)
	check(t, err)
	equal(t, "the cluster", *found.ExtId, cluster)
	equal(t, "its function", found.Config.ClusterFunction[0], clustermgmt.CLUSTERFUNCTIONREF_AOS)
}

func TestHosts(t *testing.T) {
	api, ctx := client(t)
	hosts, err := api.Clusters.ListClusterHosts(ctx, cluster)
	check(t, err)
	equal(t, "the number of hosts", len(hosts), 3)
	host, err := api.Clusters.GetClusterHost(ctx, cluster, *hosts[0].ExtId)
	check(t, err)
	equal(t, "the host", *host.HostName, *hosts[0].HostName)
}

func TestGpus(t *testing.T) {
	api, ctx := client(t)
	physical, err := api.Clusters.ListClusterPhysicalGPUs(ctx, cluster)
	check(t, err)
	equal(t, "the physical GPU", *physical[0].PhysicalGpuConfig.DeviceId, int64(5106))
	virtual, err := api.Clusters.ListClusterVirtualGPUs(ctx, cluster)
	check(t, err)
	equal(t, "the virtual GPU", *virtual[0].VirtualGpuConfig.DeviceName, "NVIDIA A16-2Q")
}

func TestStorageContainers(t *testing.T) {
	api, ctx := client(t)
	containers, err := api.StorageContainers.List(ctx, converged.WithFilter("name eq 'SelfServiceContainer'"))
	check(t, err)
	equal(t, "the container", *containers[0].ContainerExtId, container)
}

func TestSubnets(t *testing.T) {
	api, ctx := client(t)
	filter := "name eq 'vm-network' and clusterReference eq '" + cluster + "'"
	subnets, err := api.Subnets.List(ctx, converged.WithFilter(filter))
	check(t, err)
	equal(t, "the number of subnets", len(subnets), 1)
	found, err := api.Subnets.Get(ctx, *subnets[0].ExtId)
	check(t, err)
	equal(t, "the subnet", *found.ExtId, subnet)
	equal(t, "its VLAN", *found.NetworkId, 173)
}

func TestImages(t *testing.T) {
	api, ctx := client(t)
	images, err := api.Images.List(ctx, converged.WithFilter("name eq '"+imageName+"'"))
	check(t, err)
	found, err := api.Images.Get(ctx, *images[0].ExtId)
	check(t, err)
	equal(t, "the image", *found.ExtId, image)
	equal(t, "its size", *found.SizeBytes, 2*gib)
}

func TestACategoryIsMadeAndDeleted(t *testing.T) {
	api, ctx := client(t)
	key, value := "GoKey", "one"
	made, err := api.Categories.Create(ctx, &prism.Category{Key: &key, Value: &value})
	check(t, err)
	found, err := api.Categories.List(ctx, converged.WithFilter("key eq 'GoKey' and value eq 'one'"))
	check(t, err)
	equal(t, "the category", *found[0].ExtId, *made.ExtId)
	check(t, api.Categories.Delete(ctx, *made.ExtId))
	if _, err := api.Categories.Get(ctx, *made.ExtId); err == nil {
		t.Fatal("the category is still there")
	}
}

func TestUsers(t *testing.T) {
	api, ctx := client(t)
	users, err := api.Users.List(ctx, converged.WithFilter("username eq 'admin'"))
	check(t, err)
	equal(t, "the number of users", len(users), 1)
}

func TestTheVersionOfPrismCentral(t *testing.T) {
	api, ctx := client(t)
	version, err := api.DomainManager.GetPrismCentralVersion(ctx)
	check(t, err)
	equal(t, "the version", version, pcVersion)
}
