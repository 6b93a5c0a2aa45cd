package prismgoclient

import (
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
	"github.com/nutanix-cloud-native/prism-go-client/v3/models"
)

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
