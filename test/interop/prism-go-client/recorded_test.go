package prismgoclient

import (
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
)

func TestPrismCentralSaysHowItIsDeployed(t *testing.T) {
	api, ctx := client(t)
	central, err := api.GetPrismCentral(ctx)
	check(t, err)
	resources := central.Resources
	if *resources.Version != "pc.2024.3.0.1" || len(resources.PcVMList) != 1 || resources.VirtualIP == "" {
		t.Fatalf("Prism Central is %+v", resources)
	}
}

// The client's own recorded test sends a spec back with spec_version 1, whatever the server has.
func TestASpecComesBackWithAnotherSpecVersion(t *testing.T) {
	api, ctx := client(t)
	vm := createVM(t, ctx, api, machine(t, ctx, api, "go-spec-version"))
	if *vm.Metadata.SpecVersion != 0 || text(vm.Metadata.EntityVersion) != "1" {
		t.Fatalf("versions are %d and %s", *vm.Metadata.SpecVersion, text(vm.Metadata.EntityVersion))
	}
	spec := vm.Spec
	spec.Description = ptr.To("described")
	answer, err := api.UpdateVM(ctx, *vm.Metadata.UUID, &v3.VMIntentInput{
		Metadata: &v3.Metadata{Kind: ptr.To("vm"), SpecVersion: ptr.To(int64(1))}, Spec: spec,
	})
	check(t, err)
	if *answer.Metadata.UUID != *vm.Metadata.UUID || *answer.Metadata.SpecVersion != 0 {
		t.Fatalf("answered metadata is %+v", answer.Metadata)
	}
	succeeded(t, ctx, api, answer.Status.ExecutionContext)
	read, err := api.GetVM(ctx, *vm.Metadata.UUID)
	check(t, err)
	if text(read.Spec.Description) != "described" || text(read.Metadata.EntityVersion) != "2" {
		t.Fatalf("described as %q in version %s", text(read.Spec.Description), text(read.Metadata.EntityVersion))
	}
}

func TestVmsAreFoundByPatternPowerAndCluster(t *testing.T) {
	api, ctx := client(t)
	cluster := clusterNamed(t, ctx, api, "PC-Cluster")
	running := createVM(t, ctx, api, machine(t, ctx, api, "go-found-1"))
	input := machine(t, ctx, api, "go-found-2")
	input.Spec.Resources.PowerState = ptr.To("OFF")
	stopped := createVM(t, ctx, api, input)
	for filter, wanted := range map[string]string{
		"vm_name==go-found.*;power_state==on":                           *running.Metadata.UUID,
		"vm_name==.*[f|F]ound.*;power_state==off;cluster==" + cluster:   *stopped.Metadata.UUID,
		"vm_name==go-found.*;cluster_name==PC-Cluster;power_state!=off": *running.Metadata.UUID,
	} {
		listed, err := api.ListAllVM(ctx, filter)
		check(t, err)
		if len(listed.Entities) != 1 || *listed.Entities[0].Metadata.UUID != wanted {
			t.Fatalf("%s lists %d", filter, len(listed.Entities))
		}
		groups, err := api.GroupsGetEntities(ctx, &v3.GroupsGetEntitiesRequest{
			EntityType: ptr.To("mh_vm"), FilterCriteria: filter,
			GroupMemberAttributes: []*v3.GroupsRequestedAttribute{{Attribute: ptr.To("power_state")}},
		})
		check(t, err)
		if groups.FilteredGroupCount != 1 || groups.GroupResults[0].EntityResults[0].EntityID != wanted {
			t.Fatalf("%s: groups are %+v", filter, groups)
		}
	}
}

func TestClustersAndHostsAreFoundInGroups(t *testing.T) {
	api, ctx := client(t)
	for entityType, attribute := range map[string]string{"cluster": "cluster_name", "host": "node_name"} {
		groups, err := api.GroupsGetEntities(ctx, &v3.GroupsGetEntitiesRequest{
			EntityType:            ptr.To(entityType),
			GroupMemberAttributes: []*v3.GroupsRequestedAttribute{{Attribute: ptr.To(attribute)}},
		})
		check(t, err)
		if len(groups.GroupResults) != 1 || len(groups.GroupResults[0].EntityResults[0].Data[0].Values[0].Values) != 1 {
			t.Fatalf("%s: groups are %+v", entityType, groups)
		}
	}
}

func TestASubnetSaysWhoServesItsAddresses(t *testing.T) {
	api, ctx := client(t)
	subnet, err := api.GetSubnet(ctx, managedSubnet(t, ctx, api, clusterNamed(t, ctx, api, "PC-Cluster")))
	check(t, err)
	resources := subnet.Status.Resources
	if resources.IPConfig.DhcpServerAddress == nil || resources.IPConfig.DhcpServerAddress.IP == "" {
		t.Fatal("no DHCP server")
	}
	overlays, err := api.ListAllSubnet(ctx, "name==vpc-overlay", nil)
	check(t, err)
	overlay := overlays.Entities[0].Spec
	if overlay.ClusterReference != nil || overlay.Resources.VpcReference == nil || !overlay.Resources.AdvancedNetworking {
		t.Fatalf("overlay is %+v", overlay.Resources)
	}
}
