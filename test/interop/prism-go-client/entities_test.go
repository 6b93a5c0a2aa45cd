package prismgoclient

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
	"github.com/nutanix-cloud-native/prism-go-client/v3/models"
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

func imageNamed(t *testing.T, ctx context.Context, api v3.Service, name string) *v3.ImageIntentResponse {
	t.Helper()
	images, err := api.ListAllImage(ctx, "name=="+name)
	check(t, err)
	if len(images.Entities) != 1 {
		t.Fatalf("%d images named %s", len(images.Entities), name)
	}
	return images.Entities[0]
}

func createImage(t *testing.T, ctx context.Context, api v3.Service, name string, with *v3.ImageResources) string {
	t.Helper()
	with.ImageType = ptr.To("DISK_IMAGE")
	made, err := api.CreateImage(ctx, &v3.ImageIntentInput{
		Metadata: metadata("image"), Spec: &v3.Image{Name: ptr.To(name), Resources: with},
	})
	check(t, err)
	succeeded(t, ctx, api, made.Status.ExecutionContext)
	return *made.Metadata.UUID
}

func deleteImage(t *testing.T, ctx context.Context, api v3.Service, uuid string) {
	t.Helper()
	gone, err := api.DeleteImage(ctx, uuid)
	check(t, err)
	succeeded(t, ctx, api, gone.Status.ExecutionContext)
	_, err = api.GetImage(ctx, uuid)
	refused(t, err, "ENTITY_NOT_FOUND")
}

func TestAnImageFromAUrlIsPlacedWhereAsked(t *testing.T) {
	api, ctx := client(t)
	cluster := clusterNamed(t, ctx, api, "DR-Cluster")
	uuid := createImage(t, ctx, api, "go-from-url", &v3.ImageResources{
		SourceURI:               ptr.To("https://images.example.net/disk.qcow2"),
		InitialPlacementRefList: []*v3.ReferenceValues{{Kind: "cluster", UUID: cluster}},
	})
	image, err := api.GetImage(ctx, uuid)
	check(t, err)
	placed := image.Status.Resources.CurrentClusterReferenceList
	if text(image.Status.State) != "COMPLETE" || len(placed) != 1 || placed[0].UUID != cluster {
		t.Fatalf("image is %s on %v", text(image.Status.State), placed)
	}
	changed, err := api.UpdateImage(ctx, uuid, &v3.ImageIntentInput{
		Metadata: image.Metadata,
		Spec: &v3.Image{
			Name: ptr.To("go-from-url"), Description: ptr.To("described"), Resources: image.Spec.Resources,
		},
	})
	check(t, err)
	succeeded(t, ctx, api, changed.Status.ExecutionContext)
	if found := imageNamed(t, ctx, api, "go-from-url"); text(found.Spec.Description) != "described" {
		t.Fatalf("description is %q", text(found.Spec.Description))
	}
	deleteImage(t, ctx, api, uuid)
}

func TestAnImageIsUploaded(t *testing.T) {
	api, ctx := client(t)
	uuid := createImage(t, ctx, api, "go-upload", &v3.ImageResources{})
	path := filepath.Join(t.TempDir(), "disk.img")
	content := make([]byte, 300_000)
	check(t, os.WriteFile(path, content, 0o600))
	check(t, api.UploadImage(ctx, uuid, path))
	image, err := api.GetImage(ctx, uuid)
	check(t, err)
	if size := image.Status.Resources.SizeBytes; size == nil || *size != int64(len(content)) {
		t.Fatalf("size is %v", size)
	}
	deleteImage(t, ctx, api, uuid)
}

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

func TestACategoryAndItsValues(t *testing.T) {
	api, ctx := client(t)
	_, err := api.CreateOrUpdateCategoryKey(ctx, &v3.CategoryKey{Name: ptr.To("GoTier"), Description: ptr.To("d")})
	check(t, err)
	for _, value := range []string{"web", "db"} {
		_, err = api.CreateOrUpdateCategoryValue(ctx, "GoTier", &v3.CategoryValue{Value: ptr.To(value)})
		check(t, err)
	}
	values, err := api.ListAllCategoryValues(ctx, "GoTier", "")
	check(t, err)
	if len(values.Entities) != 2 {
		t.Fatalf("%d values", len(values.Entities))
	}
	err = api.DeleteCategoryKey(ctx, "GoTier")
	refused(t, err, "GoTier")
	for _, value := range []string{"web", "db"} {
		check(t, api.DeleteCategoryValue(ctx, "GoTier", value))
	}
	check(t, api.DeleteCategoryKey(ctx, "GoTier"))
	_, err = api.GetCategoryKey(ctx, "GoTier")
	refused(t, err, "ENTITY_NOT_FOUND")
}

func TestAProjectIsMadeChangedAndRemoved(t *testing.T) {
	api, ctx := client(t)
	cores := int64(16)
	project := &v3.Project{
		Metadata: metadata("project"),
		Spec: &v3.ProjectSpec{Name: "go-project", Resources: &v3.ProjectResources{
			ResourceDomain: &v3.ResourceDomain{Resources: []*v3.Resources{{ResourceType: "VCPUS", Limit: &cores}}},
		}},
	}
	made, err := api.CreateProject(ctx, project)
	check(t, err)
	succeeded(t, ctx, api, made.Status.ExecutionContext)
	uuid := *made.Metadata.UUID

	read, err := api.GetProject(ctx, uuid)
	check(t, err)
	if limit := read.Spec.Resources.ResourceDomain.Resources[0].Limit; limit == nil || *limit != cores {
		t.Fatalf("quota is %v", limit)
	}
	changed, err := api.UpdateProject(ctx, uuid, &v3.Project{Metadata: read.Metadata, Spec: &v3.ProjectSpec{
		Name: "go-project", Descripion: "described", Resources: read.Spec.Resources,
	}})
	check(t, err)
	succeeded(t, ctx, api, changed.Status.ExecutionContext)
	listed, err := api.ListAllProject(ctx, "name==go-project")
	check(t, err)
	if len(listed.Entities) != 1 || listed.Entities[0].Spec.Descripion != "described" {
		t.Fatalf("listed: %+v", listed.Entities)
	}
	gone, err := api.DeleteProject(ctx, uuid)
	check(t, err)
	succeeded(t, ctx, api, gone.Status.ExecutionContext)
	_, err = api.GetProject(ctx, uuid)
	refused(t, err, "ENTITY_NOT_FOUND")
}
