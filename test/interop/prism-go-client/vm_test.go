package prismgoclient

import (
	"context"
	"encoding/base64"
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
	"github.com/nutanix-cloud-native/prism-go-client/v3/models"
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

func TestTheLifeOfAVirtualMachine(t *testing.T) {
	api, ctx := client(t)
	vm := createVM(t, ctx, api, machine(t, ctx, api, "go-vm"))
	uuid := *vm.Metadata.UUID
	if text(vm.Status.Resources.PowerState) != "ON" || address(vm, 0) == "" {
		t.Fatalf("power is %s, address %q", text(vm.Status.Resources.PowerState), address(vm, 0))
	}
	if values := vm.Metadata.CategoriesMapping["Environment"]; len(values) != 2 {
		t.Fatalf("categories are %v", values)
	}

	vm = updateVM(t, ctx, api, uuid, func(resources *v3.VMResources) {
		resources.PowerState = ptr.To("OFF")
		resources.PowerStateMechanism = &v3.VMPowerStateMechanism{Mechanism: ptr.To("ACPI")}
	})
	if text(vm.Status.Resources.PowerState) != "OFF" {
		t.Fatalf("power is %s", text(vm.Status.Resources.PowerState))
	}
	vm = updateVM(t, ctx, api, uuid, func(resources *v3.VMResources) {
		resources.MemorySizeMib = ptr.To(int64(4096))
		resources.PowerState = ptr.To("ON")
	})
	if *vm.Status.Resources.MemorySizeMib != 4096 || text(vm.Status.Resources.PowerState) != "ON" {
		t.Fatalf("VM is %d MiB, %s", *vm.Status.Resources.MemorySizeMib, text(vm.Status.Resources.PowerState))
	}

	gone, err := api.DeleteVM(ctx, uuid)
	check(t, err)
	succeeded(t, ctx, api, gone.Status.ExecutionContext)
	_, err = api.GetVM(ctx, uuid)
	refused(t, err, "ENTITY_NOT_FOUND")
	left, err := api.ListAllVM(ctx, "vm_name==go-vm")
	check(t, err)
	if len(left.Entities) != 0 {
		t.Fatalf("%d VMs are left", len(left.Entities))
	}
}

func TestDisksAndNicsKeepTheirUuids(t *testing.T) {
	api, ctx := client(t)
	vm := createVM(t, ctx, api, machine(t, ctx, api, "go-disks"))
	uuid, before := *vm.Metadata.UUID, vm.Status.Resources
	subnet := before.NicList[0].SubnetReference
	// The disk and the NIC by their indices: the CD-ROM of cloud-init comes after what was asked for.
	vm = updateVM(t, ctx, api, uuid, func(resources *v3.VMResources) {
		resources.DiskList[0].DiskSizeBytes = ptr.To(40 * gib)
		resources.DiskList[0].DiskSizeMib = nil
		resources.DiskList = append(resources.DiskList, disk(1, 20*gib))
		resources.NicList = append(resources.NicList, &v3.VMNic{SubnetReference: subnet})
	})
	after := vm.Status.Resources
	if text(after.DiskList[0].UUID) != text(before.DiskList[0].UUID) || *after.DiskList[0].DiskSizeBytes != 40*gib {
		t.Fatalf("disk %s became %s of %d bytes",
			text(before.DiskList[0].UUID), text(after.DiskList[0].UUID), *after.DiskList[0].DiskSizeBytes)
	}
	if len(after.DiskList) != len(before.DiskList)+1 || len(after.NicList) != 2 {
		t.Fatalf("%d disks, %d NICs", len(after.DiskList), len(after.NicList))
	}
	if text(after.NicList[0].UUID) != text(before.NicList[0].UUID) || address(vm, 0) == address(vm, 1) {
		t.Fatalf("NICs have the addresses %s and %s", address(vm, 0), address(vm, 1))
	}
	vm = updateVM(t, ctx, api, uuid, func(resources *v3.VMResources) {
		resources.NicList = resources.NicList[:1]
	})
	if len(vm.Status.Resources.NicList) != 1 {
		t.Fatalf("%d NICs", len(vm.Status.Resources.NicList))
	}
}

func TestAnImageIsTakenOfADisk(t *testing.T) {
	api, ctx := client(t)
	vm := createVM(t, ctx, api, machine(t, ctx, api, "go-golden"))
	uuid := createImage(t, ctx, api, "go-of-disk", &v3.ImageResources{
		DataSourceReference: reference("vm_disk", text(vm.Status.Resources.DiskList[0].UUID)),
	})
	image, err := api.GetImage(ctx, uuid)
	check(t, err)
	if size := image.Status.Resources.SizeBytes; size == nil || *size != 10*gib {
		t.Fatalf("size is %v", size)
	}
	deleteImage(t, ctx, api, uuid)
}

func TestACreateThatCannotWorkIsRefusedOrFailsItsTask(t *testing.T) {
	api, ctx := client(t)
	input := machine(t, ctx, api, "go-impossible")
	input.Spec.Resources.DiskList[0].DiskSizeBytes = ptr.To(gib)
	_, err := api.CreateVM(ctx, input)
	refused(t, err, "INVALID_ARGUMENT")

	input.Spec.Resources.DiskList[0].DiskSizeBytes = ptr.To(10 * gib)
	input.Spec.Resources.DiskList[0].DataSourceReference = reference("image", "00000000-1111-4222-8333-444444444444")
	made, err := api.CreateVM(ctx, input)
	check(t, err)
	task := finished(t, ctx, api, made.Status.ExecutionContext)
	if *task.Status != "FAILED" || text(task.ErrorDetail) == "" {
		t.Fatalf("task is %s: %q", *task.Status, text(task.ErrorDetail))
	}
}

func TestAReservedUuidBecomesTheMachines(t *testing.T) {
	api, ctx := client(t)
	reserved, err := api.CreateIdempotenceIdentifiers(ctx, &models.IdempotenceIdentifiersInput{
		ClientIdentifier: "go-client", Count: ptr.To(int64(1)), ValidDurationInMinutes: 60,
	})
	check(t, err)
	input := machine(t, ctx, api, "go-reserved")
	input.Metadata.UUID = ptr.To(reserved.UUIDList[0])
	if vm := createVM(t, ctx, api, input); *vm.Metadata.UUID != reserved.UUIDList[0] {
		t.Fatalf("VM is %s", *vm.Metadata.UUID)
	}
	check(t, api.DeleteIdempotenceIdentifiers(ctx, "go-client"))
	_, err = api.GetIdempotenceIdentifiers(ctx, "go-client")
	refused(t, err, "404")
}

func TestWhatIsThere(t *testing.T) {
	api, ctx := client(t)
	hosts, err := api.ListAllHost(ctx)
	check(t, err)
	if len(hosts.Entities) == 0 || len(hosts.Entities[0].Status.Resources.GPUList) == 0 {
		t.Fatalf("%d hosts, or no GPU", len(hosts.Entities))
	}
	host, err := api.GetHost(ctx, *hosts.Entities[0].Metadata.UUID)
	check(t, err)
	if host.Status.Name != hosts.Entities[0].Status.Name {
		t.Fatalf("host is %s", host.Status.Name)
	}
	containers, err := api.GroupsGetEntities(ctx, &v3.GroupsGetEntitiesRequest{
		EntityType:            ptr.To("storage_container"),
		GroupMemberAttributes: []*v3.GroupsRequestedAttribute{{Attribute: ptr.To("container_name")}},
	})
	check(t, err)
	if len(containers.GroupResults) != 1 || len(containers.GroupResults[0].EntityResults) == 0 {
		t.Fatalf("groups: %+v", containers)
	}
}
