package prismgoclient

import (
	"fmt"
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
)

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

// The client asks for a hundred at a time.
func TestListsOfSeveralPagesComeWhole(t *testing.T) {
	api, ctx := client(t)
	_, err := api.CreateOrUpdateCategoryKey(ctx, &v3.CategoryKey{Name: ptr.To("GoPages")})
	check(t, err)
	for number := range 205 {
		value := fmt.Sprintf("value-%d", number)
		_, err = api.CreateOrUpdateCategoryValue(ctx, "GoPages", &v3.CategoryValue{Value: &value})
		check(t, err)
	}
	values, err := api.ListAllCategoryValues(ctx, "GoPages", "")
	check(t, err)
	found := map[string]bool{}
	for _, entity := range values.Entities {
		found[text(entity.Value)] = true
	}
	if len(values.Entities) != 205 || len(found) != 205 {
		t.Fatalf("%d values, %d of them different", len(values.Entities), len(found))
	}
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
