package prismgoclient

import (
	"context"
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
)

func metadata(kind string) *v3.Metadata { return &v3.Metadata{Kind: ptr.To(kind)} }

func reference(kind, uuid string) *v3.Reference {
	return &v3.Reference{Kind: ptr.To(kind), UUID: ptr.To(uuid)}
}

// clusterNamed finds a cluster as the vendor's programs do: they list all and compare names.
func clusterNamed(t *testing.T, ctx context.Context, api v3.Service, name string) string {
	t.Helper()
	clusters, err := api.ListAllCluster(ctx, "")
	check(t, err)
	for _, cluster := range clusters.Entities {
		if cluster.Status.Name == name {
			return text(cluster.Metadata.UUID)
		}
	}
	t.Fatalf("no cluster %s among %d", name, len(clusters.Entities))
	return ""
}
