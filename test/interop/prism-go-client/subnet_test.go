package prismgoclient

import (
	"context"
	"testing"
	"time"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
	"github.com/nutanix-cloud-native/prism-go-client/v3/models"
)

// subnetWhen reads a subnet until it is as wanted.
func subnetWhen(
	t *testing.T, ctx context.Context, api v3.Service, uuid string, wanted func(*v3.SubnetIntentResponse) bool,
) *v3.SubnetIntentResponse {
	t.Helper()
	for {
		subnet, err := api.GetSubnet(ctx, uuid)
		check(t, err)
		if wanted(subnet) {
			return subnet
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestASubnetIsMadeChangedAndRemoved(t *testing.T) {
	api, ctx := client(t)
	input := &v3.SubnetIntentInput{
		Metadata: metadata("subnet"),
		Spec: &models.Subnet{
			Name: ptr.To("go-subnet"),
			ClusterReference: &models.ClusterReference{
				Kind: "cluster", UUID: ptr.To(clusterNamed(t, ctx, api, "PC-Cluster")),
			},
			Resources: &models.SubnetResources{
				SubnetType: ptr.To("VLAN"), VlanID: ptr.To(int32(321)),
				// The client sends null for lists that are not set; the server wants lists.
				AvailabilityZoneReferenceList: []*models.AvailabilityZoneReference{},
				ReservedIPAddressList:         []string{},
				IPConfig: &models.IPConfig{
					DefaultGatewayIP: "127.99.3.1", PrefixLength: 24, SubnetIP: "127.99.3.0",
					PoolList: []*models.IPPool{{Range: "127.99.3.10 127.99.3.20"}},
				},
			},
		},
	}
	made, err := api.CreateSubnet(ctx, input)
	check(t, err)
	uuid := *made.Metadata.UUID
	// The client's type of a subnet's status has no task: only the subnet itself tells when it is ready.
	read := subnetWhen(t, ctx, api, uuid, func(subnet *v3.SubnetIntentResponse) bool {
		return subnet.Status.State == "COMPLETE"
	})
	read.Spec.Description = "described"
	_, err = api.UpdateSubnet(ctx, uuid, &v3.SubnetIntentInput{Metadata: read.Metadata, Spec: read.Spec})
	check(t, err)
	subnetWhen(t, ctx, api, uuid, func(subnet *v3.SubnetIntentResponse) bool {
		return subnet.Spec.Description == "described" && subnet.Status.State == "COMPLETE"
	})

	listed, err := api.ListAllSubnet(ctx, "name==go-subnet", nil)
	check(t, err)
	if len(listed.Entities) != 1 || listed.Entities[0].Spec.Description != "described" {
		t.Fatalf("listed: %d", len(listed.Entities))
	}
	if pools := listed.Entities[0].Spec.Resources.IPConfig.PoolList; pools[0].Range != "127.99.3.10 127.99.3.20" {
		t.Fatalf("pools are %v", pools)
	}
	gone, err := api.DeleteSubnet(ctx, uuid)
	check(t, err)
	succeeded(t, ctx, api, gone.Status.ExecutionContext)
	_, err = api.GetSubnet(ctx, uuid)
	refused(t, err, "ENTITY_NOT_FOUND")
}
