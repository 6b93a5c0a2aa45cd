// Package acceptance runs GitLab's acceptance test of fleeting plugins as it is.
package acceptance

import (
	"encoding/json"
	"os"
	"testing"

	"gitlab.com/gitlab-org/fleeting/fleeting/integration"
)

// TestProvisioning: FLEETING_PLUGIN is the plugin, FLEETING_PLUGIN_CONFIG its plugin_config in JSON.
func TestProvisioning(t *testing.T) {
	config := os.Getenv("FLEETING_PLUGIN_CONFIG")
	if !json.Valid([]byte(config)) {
		t.Fatal("FLEETING_PLUGIN_CONFIG has no JSON")
	}
	integration.TestProvisioning(t, os.Getenv("FLEETING_PLUGIN"), integration.Config{
		PluginConfig:    json.RawMessage(config),
		MaxInstances:    3,
		UseExternalAddr: os.Getenv("FLEETING_USE_EXTERNAL_ADDR") == "1",
	})
}
