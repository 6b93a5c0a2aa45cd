package prismgoclient

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
)

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
