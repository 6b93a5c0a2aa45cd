package prismgoclientv4

import (
	"testing"

	"github.com/nutanix-cloud-native/prism-go-client/converged"
	v4 "github.com/nutanix-cloud-native/prism-go-client/v4"
	common "github.com/nutanix/ntnx-api-golang-clients/volumes-go-client/v4/models/common/v1/config"
	prism "github.com/nutanix/ntnx-api-golang-clients/volumes-go-client/v4/models/prism/v4/config"
	volumes "github.com/nutanix/ntnx-api-golang-clients/volumes-go-client/v4/models/volumes/v4/config"
	"k8s.io/utils/ptr"
)

// The interface above can attach and detach groups, but not make them: that is done with the generated client.
func TestAVolumeGroupIsAttachedAndDetached(t *testing.T) {
	api, ctx := client(t)
	generated, err := v4.NewV4Client(credentials())
	check(t, err)
	source := common.NewEntityReference()
	source.EntityType, source.ExtId = common.ENTITYTYPE_STORAGE_CONTAINER.Ref(), ptr.To(container)
	disk := volumes.NewVolumeDisk()
	disk.DiskSizeBytes, disk.DiskDataSourceReference = ptr.To(gib), source
	body := volumes.NewVolumeGroup()
	body.Name, body.ClusterReference = ptr.To("go-group"), ptr.To(cluster)
	body.Disks = []volumes.VolumeDisk{*disk}
	answer, err := generated.VolumeGroupsApiInstance.CreateVolumeGroup(body)
	check(t, err)
	if _, isTask := answer.GetData().(prism.TaskReference); !isTask {
		t.Fatalf("the answer is a %T", answer.GetData())
	}

	var group volumes.VolumeGroup
	for found := false; !found; {
		check(t, ctx.Err())
		groups, err := api.VolumeGroups.List(ctx, converged.WithFilter("name eq 'go-group'"))
		check(t, err)
		if found = len(groups) == 1; found {
			group = groups[0]
		}
	}
	vm, err := api.VMs.Create(ctx, virtualMachine(t, "go-volumes"))
	check(t, err)
	attachment := volumes.NewVmAttachment()
	attachment.ExtId = vm.ExtId
	attached, err := api.VolumeGroups.AttachToVM(ctx, *group.ExtId, *attachment)
	check(t, err)
	equal(t, "the attached group", *attached.ExtId, *group.ExtId)
	_, err = api.VolumeGroups.DetachFromVM(ctx, *group.ExtId, *attachment)
	check(t, err)
	check(t, api.VMs.Delete(ctx, *vm.ExtId))
	_, err = generated.VolumeGroupsApiInstance.DeleteVolumeGroupById(group.ExtId)
	check(t, err)
}
