package prismgoclient

import (
	"testing"

	"k8s.io/utils/ptr"

	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
)

func TestWhoMayDoWhat(t *testing.T) {
	api, ctx := client(t)
	me, err := api.GetCurrentLoggedInUser(ctx)
	check(t, err)
	users, err := api.ListAllUser(ctx, "")
	check(t, err)
	if len(users.Entities) != 1 || text(users.Entities[0].Metadata.UUID) != text(me.Metadata.UUID) {
		t.Fatalf("%d users", len(users.Entities))
	}
	roles, err := api.ListAllRole(ctx, "name==Prism Viewer")
	check(t, err)
	if len(roles.Entities) != 1 {
		t.Fatalf("%d roles", len(roles.Entities))
	}
	role, err := api.GetRole(ctx, text(roles.Entities[0].Metadata.UUID))
	check(t, err)
	permission, err := api.GetPermission(ctx, text(role.Status.Resources.PermissionReferenceList[0].UUID))
	check(t, err)
	if text(permission.Status.Name) != "View_Virtual_Machine" {
		t.Fatalf("permission is %s", text(permission.Status.Name))
	}
	groups, err := api.ListAllUserGroup(ctx, "")
	check(t, err)
	policies, err := api.ListAllAccessControlPolicy(ctx, "")
	check(t, err)
	if len(groups.Entities) != 0 || len(policies.Entities) != 0 {
		t.Fatalf("%d groups, %d policies", len(groups.Entities), len(policies.Entities))
	}
}

func TestWhatCarriesACategoryIsCounted(t *testing.T) {
	api, ctx := client(t)
	input := machine(t, ctx, api, "go-carrier")
	input.Metadata.CategoriesMapping = map[string][]string{"AppType": {"Default"}}
	createVM(t, ctx, api, input)
	answer, err := api.GetCategoryQuery(ctx, &v3.CategoryQueryInput{
		UsageType: ptr.To("APPLIED_TO"),
		CategoryFilter: &v3.CategoryFilter{
			Type: ptr.To("CATEGORIES_MATCH_ALL"), Params: map[string][]string{"AppType": {"Default"}},
		},
	})
	check(t, err)
	if len(answer.Results) != 1 || text(answer.Results[0].Kind) != "vm" || *answer.Results[0].TotalEntityCount != 1 {
		t.Fatalf("results are %+v", answer.Results)
	}
}
