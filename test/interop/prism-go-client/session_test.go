package prismgoclient

import (
	"testing"

	nutanix "github.com/nutanix-cloud-native/prism-go-client"
)

// counted is how often each request was made, in the words of the simulator's log.
func counted(t *testing.T) map[string]int {
	t.Helper()
	var state struct {
		Requests struct {
			Counts map[string]int `json:"counts"`
		} `json:"requests"`
	}
	direct(t, "GET", "/simulator/state", nil, &state)
	return state.Requests.Counts
}

func TestASessionIsMadeOnceAndRenewedWhenItExpired(t *testing.T) {
	before := counted(t)["GET /users/me"]
	c := credentials()
	c.SessionAuth = true
	api, ctx := clientOf(t, c)
	for range 3 {
		_, err := api.ListAllCluster(ctx, "")
		check(t, err)
	}
	if signIns := counted(t)["GET /users/me"] - before; signIns != 1 {
		t.Fatalf("%d sign-ins for three requests", signIns)
	}

	expire := map[string]any{
		"name": "sessions end", "times": 1,
		"match": map[string]any{"path": "/images/list"}, "do": map[string]any{"expireSessions": true},
	}
	direct(t, "POST", "/simulator/faults", expire, nil)
	images, err := api.ListAllImage(ctx, "")
	check(t, err)
	if len(images.Entities) == 0 {
		t.Fatal("no image")
	}
	if signIns := counted(t)["GET /users/me"] - before; signIns != 2 {
		t.Fatalf("%d sign-ins after the session had ended", signIns)
	}
}

func TestAnApiKeySignsIn(t *testing.T) {
	c := credentials()
	c.Username, c.Password, c.APIKey = "", "", apiKey
	api, ctx := clientOf(t, c)
	me, err := api.GetCurrentLoggedInUser(ctx)
	check(t, err)
	if me.Metadata.UUID == nil || *me.Metadata.Kind != "user" {
		t.Fatalf("users/me is %+v", me.Metadata)
	}
}

func TestWrongCredentialsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*nutanix.Credentials){
		"password": func(c *nutanix.Credentials) { c.Password = "wrong" },
		"API key":  func(c *nutanix.Credentials) { c.Username, c.Password, c.APIKey = "", "", "wrong" },
	} {
		t.Run(name, func(t *testing.T) {
			c := credentials()
			change(&c)
			api, ctx := clientOf(t, c)
			_, err := api.GetCurrentLoggedInUser(ctx)
			refused(t, err, "invalid Nutanix credentials")
		})
	}
}
