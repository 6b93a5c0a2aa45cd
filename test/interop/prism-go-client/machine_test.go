package prismgoclient

import (
	"context"
	"encoding/base64"
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
)

const gib = int64(1) << 30

func disk(index int64, size int64) *v3.VMDisk {
	return &v3.VMDisk{
		DiskSizeBytes: ptr.To(size),
		DeviceProperties: &v3.VMDiskDeviceProperties{
			DeviceType:  ptr.To("DISK"),
			DiskAddress: &v3.DiskAddress{AdapterType: ptr.To("SCSI"), DeviceIndex: ptr.To(index)},
		},
	}
}

// machine is a VM as the vendor's docker-machine driver asks for it, on the cluster and the managed subnet of
// the simulator's inventory.
func machine(t *testing.T, ctx context.Context, api v3.Service, name string) *v3.VMIntentInput {
	t.Helper()
	cluster := clusterNamed(t, ctx, api, "PC-Cluster")
	image := imageNamed(t, ctx, api, "ubuntu-22.04-cloudimg")
	system := disk(0, 10*gib)
	system.DataSourceReference = reference("image", *image.Metadata.UUID)
	userData := base64.StdEncoding.EncodeToString([]byte("#cloud-config\nhostname: " + name + "\n"))
	return &v3.VMIntentInput{
		Metadata: &v3.Metadata{
			Kind: ptr.To("vm"), UseCategoriesMapping: ptr.To(true),
			CategoriesMapping: map[string][]string{"Environment": {"Production", "Testing"}},
		},
		Spec: &v3.VM{
			Name:             ptr.To(name),
			ClusterReference: reference("cluster", cluster),
			Resources: &v3.VMResources{
				NumSockets: ptr.To(int64(2)), NumVcpusPerSocket: ptr.To(int64(1)),
				MemorySizeMib: ptr.To(int64(2048)), PowerState: ptr.To("ON"),
				DiskList:           []*v3.VMDisk{system},
				NicList:            []*v3.VMNic{{SubnetReference: reference("subnet", managedSubnet(t, ctx, api, cluster))}},
				GuestCustomization: &v3.GuestCustomization{CloudInit: &v3.GuestCustomizationCloudInit{UserData: &userData}},
			},
		},
	}
}

func managedSubnet(t *testing.T, ctx context.Context, api v3.Service, cluster string) string {
	t.Helper()
	subnets, err := api.ListAllSubnet(ctx, "name==vm-network", nil)
	check(t, err)
	for _, subnet := range subnets.Entities {
		if *subnet.Spec.ClusterReference.UUID == cluster {
			return *subnet.Metadata.UUID
		}
	}
	t.Fatalf("no vm-network on cluster %s", cluster)
	return ""
}

func createVM(t *testing.T, ctx context.Context, api v3.Service, input *v3.VMIntentInput) *v3.VMIntentResponse {
	t.Helper()
	made, err := api.CreateVM(ctx, input)
	check(t, err)
	succeeded(t, ctx, api, made.Status.ExecutionContext)
	t.Cleanup(func() {
		// The test may have removed it.
		if gone, err := api.DeleteVM(ctx, *made.Metadata.UUID); err == nil {
			finished(t, ctx, api, gone.Status.ExecutionContext)
		}
	})
	vm, err := api.GetVM(ctx, *made.Metadata.UUID)
	check(t, err)
	return vm
}

// updateVM reads a VM, changes what it read and sends it back: metadata and spec, as the vendor's clients do.
func updateVM(
	t *testing.T, ctx context.Context, api v3.Service, uuid string, change func(*v3.VMResources),
) *v3.VMIntentResponse {
	t.Helper()
	read, err := api.GetVM(ctx, uuid)
	check(t, err)
	change(read.Spec.Resources)
	changed, err := api.UpdateVM(ctx, uuid, &v3.VMIntentInput{Metadata: read.Metadata, Spec: read.Spec})
	check(t, err)
	succeeded(t, ctx, api, changed.Status.ExecutionContext)
	vm, err := api.GetVM(ctx, uuid)
	check(t, err)
	return vm
}

func address(vm *v3.VMIntentResponse, nic int) string {
	for _, endpoint := range vm.Status.Resources.NicList[nic].IPEndpointList {
		if text(endpoint.Type) == "ASSIGNED" {
			return text(endpoint.IP)
		}
	}
	return ""
}
