package prismgoclient

import (
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
)

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
