package prismgoclientv4

import (
	"context"
	"strings"
	"testing"

	"github.com/nutanix-cloud-native/prism-go-client/converged"
	vmm "github.com/nutanix/ntnx-api-golang-clients/vmm-go-client/v4/models/vmm/v4/ahv/config"
	"k8s.io/utils/ptr"
)

// virtualMachine has a disk of the preset's image and a NIC, in the forms that API v4.2 prefers.
func virtualMachine(t *testing.T, name string) *vmm.Vm {
	t.Helper()
	vm := vmm.NewVm()
	vm.Name = ptr.To(name)
	vm.Cluster = &vmm.ClusterReference{ExtId: ptr.To(cluster)}
	vm.NumSockets, vm.NumCoresPerSocket = ptr.To(2), ptr.To(1)
	vm.MemorySizeBytes = ptr.To(2 * gib)

	reference := vmm.NewOneOfDataSourceReference()
	source := vmm.NewImageReference()
	source.ImageExtId = ptr.To(image)
	check(t, reference.SetValue(*source))
	disk := vmm.NewDisk()
	backing := vmm.NewVmDisk()
	backing.DiskSizeBytes = ptr.To(20 * gib)
	backing.DataSource = &vmm.DataSource{Reference: reference}
	check(t, disk.SetBackingInfo(*backing))
	vm.Disks = []vmm.Disk{*disk}

	nic := vmm.NewNic()
	network := vmm.NewVirtualEthernetNicNetworkInfo()
	network.Subnet = &vmm.SubnetReference{ExtId: ptr.To(subnet)}
	check(t, nic.SetNicNetworkInfo(*network))
	vm.Nics = []vmm.Nic{*nic}
	return vm
}

// wait gives what an operation was about.
func wait[T any](t *testing.T, ctx context.Context) func(converged.Operation[T], error) []*T {
	return func(operation converged.Operation[T], err error) []*T {
		t.Helper()
		check(t, err)
		results, err := operation.Wait(ctx)
		check(t, err)
		return results
	}
}

func TestTheLifeOfAVm(t *testing.T) {
	api, ctx := client(t)
	made, err := api.VMs.Create(ctx, virtualMachine(t, "go-life"))
	check(t, err)
	id := *made.ExtId

	vm, err := api.VMs.Get(ctx, id)
	check(t, err)
	equal(t, "the name", *vm.Name, "go-life")
	equal(t, "the power state", *vm.PowerState, vmm.POWERSTATE_OFF)
	backing, isDisk := vm.Disks[0].GetBackingInfo().(vmm.VmDisk)
	if !isDisk {
		t.Fatalf("the disk is a %T", vm.Disks[0].GetBackingInfo())
	}
	equal(t, "the size of the disk", *backing.DiskSizeBytes, 20*gib)
	network, isNetwork := vm.Nics[0].GetNicNetworkInfo().(vmm.VirtualEthernetNicNetworkInfo)
	if !isNetwork {
		t.Fatalf("the network of the NIC is a %T", vm.Nics[0].GetNicNetworkInfo())
	}
	equal(t, "the subnet", *network.Subnet.ExtId, subnet)

	vm.Description = ptr.To("changed by the Go client")
	changed, err := api.VMs.Update(ctx, id, vm)
	check(t, err)
	equal(t, "the description", *changed.Description, "changed by the Go client")

	wait[vmm.Vm](t, ctx)(api.VMs.PowerOnVM(id))
	running, err := api.VMs.List(ctx, converged.WithFilter("powerState eq Vmm.Ahv.Config.PowerState'ON'"))
	check(t, err)
	equal(t, "the running VM", *running[0].ExtId, id)
	wait[vmm.Vm](t, ctx)(api.VMs.PowerOffVM(id))

	attributes := []string{"purpose:docker"}
	withAttributes, err := api.VMs.AddVmCustomAttributes(ctx, id, attributes)
	check(t, err)
	equal(t, "the custom attribute", withAttributes.CustomAttributes[0], attributes[0])
	_, err = api.VMs.RemoveVmCustomAttributes(ctx, id, attributes)
	check(t, err)

	check(t, api.VMs.Delete(ctx, id))
	_, err = api.VMs.Get(ctx, id)
	refused(t, err, "VMM-30100")
}

func TestACreateThatFailsInItsTask(t *testing.T) {
	api, ctx := client(t)
	body := virtualMachine(t, "go-on")
	body.PowerState = vmm.POWERSTATE_ON.Ref()
	_, err := api.VMs.Create(ctx, body)
	// Of a task's error the client passes on the text alone.
	refused(t, err, "Cannot specify power state as ON during VM creation")
}

func TestAnUnknownVm(t *testing.T) {
	api, ctx := client(t)
	_, err := api.VMs.Get(ctx, unknown)
	refused(t, err, "VMM-30100")
}

func TestPagesOfVms(t *testing.T) {
	api, ctx := client(t)
	var ids []string
	for _, name := range []string{"go-page-a", "go-page-b", "go-page-c"} {
		made, err := api.VMs.Create(ctx, virtualMachine(t, name))
		check(t, err)
		ids = append(ids, *made.ExtId)
	}
	wanted := []converged.ODataOption{
		converged.WithFilter("startswith(name,'go-page-')"), converged.WithOrderBy("name desc"),
	}
	var names []string
	for vm, err := range api.VMs.NewIterator(ctx, wanted...) {
		check(t, err)
		names = append(names, *vm.Name)
	}
	equal(t, "the order", strings.Join(names, " "), "go-page-c go-page-b go-page-a")
	page, err := api.VMs.List(ctx, append(wanted, converged.WithPage(1), converged.WithLimit(2))...)
	check(t, err)
	equal(t, "the number of VMs on the last page", len(page), 1)
	equal(t, "the last VM", *page[0].Name, "go-page-a")
	for _, id := range ids {
		check(t, api.VMs.Delete(ctx, id))
	}
}

// refused wants an error whose text has these words of the server.
func refused(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Fatalf("the error is %v, without %s", err, words)
	}
}
