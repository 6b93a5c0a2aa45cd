package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/BurntSushi/toml"
)

// runnerConfig has the keys of config.toml that docs/gitlab-runner.md uses, as GitLab Runner 19.4 declares them (common/config.go).
// A duration is a text there, and a key that the runner does not know is not told.
type runnerConfig struct {
	Concurrent int `toml:"concurrent"`
	Runners    []struct {
		Name     string         `toml:"name"`
		URL      string         `toml:"url"`
		Executor string         `toml:"executor"`
		Limit    int            `toml:"limit"`
		Docker   map[string]any `toml:"docker"`
		Machine  *struct {
			IdleCount       int      `toml:"IdleCount"`
			IdleScaleFactor float64  `toml:"IdleScaleFactor"`
			IdleCountMin    int      `toml:"IdleCountMin"`
			IdleTime        int      `toml:"IdleTime"`
			MaxBuilds       int      `toml:"MaxBuilds"`
			MaxGrowthRate   int      `toml:"MaxGrowthRate"`
			MachineDriver   string   `toml:"MachineDriver"`
			MachineName     string   `toml:"MachineName"`
			MachineOptions  []string `toml:"MachineOptions"`
		} `toml:"machine"`
		Autoscaler *struct {
			CapacityPerInstance       int            `toml:"capacity_per_instance"`
			MaxUseCount               int            `toml:"max_use_count"`
			MaxInstances              int            `toml:"max_instances"`
			Plugin                    string         `toml:"plugin"`
			PluginConfig              map[string]any `toml:"plugin_config"`
			InstanceReadyCommand      string         `toml:"instance_ready_command"`
			DeleteInstancesOnShutdown bool           `toml:"delete_instances_on_shutdown"`
			ConnectorConfig           struct {
				OS                   string        `toml:"os"`
				Arch                 string        `toml:"arch"`
				Protocol             string        `toml:"protocol"`
				ProtocolPort         int           `toml:"protocol_port"`
				Username             string        `toml:"username"`
				Password             string        `toml:"password"`
				KeyPathname          string        `toml:"key_path"`
				UseStaticCredentials bool          `toml:"use_static_credentials"`
				Keepalive            time.Duration `toml:"keepalive"`
				Timeout              time.Duration `toml:"timeout"`
				UseExternalAddr      bool          `toml:"use_external_addr"`
			} `toml:"connector_config"`
			Policy []struct {
				Periods          []string      `toml:"periods"`
				Timezone         string        `toml:"timezone"`
				IdleCount        int           `toml:"idle_count"`
				IdleTime         time.Duration `toml:"idle_time"`
				ScaleFactor      float64       `toml:"scale_factor"`
				ScaleFactorLimit int           `toml:"scale_factor_limit"`
				PreemptiveMode   *bool         `toml:"preemptive_mode"`
			} `toml:"policy"`
			StateStorage struct {
				Enabled bool   `toml:"enabled"`
				Dir     string `toml:"dir"`
			} `toml:"state_storage"`
		} `toml:"autoscaler"`
	} `toml:"runners"`
}

// printConfig reads a config.toml from standard input by the parser of GitLab Runner, and writes as JSON what the plugin of its first
// runner gets (`plugin`, `plugin_config`) or docker-machine (`machine_driver`, `machine_name`, `machine_options`), and the keys that
// the runner does not know.
func printConfig() error {
	var config runnerConfig
	decoded, err := toml.NewDecoder(os.Stdin).Decode(&config)
	if err != nil {
		return err
	}
	unknown := []string{}
	for _, key := range decoded.Undecoded() {
		unknown = append(unknown, key.String())
	}
	if len(config.Runners) == 0 {
		return fmt.Errorf("no [[runners]]")
	}
	first := config.Runners[0]
	printed := map[string]any{"executor": first.Executor, "unknown": unknown}
	if scaler := first.Autoscaler; scaler != nil {
		printed["plugin"], printed["plugin_config"] = scaler.Plugin, scaler.PluginConfig
		printed["max_instances"] = scaler.MaxInstances
	}
	if machine := first.Machine; machine != nil {
		printed["machine_driver"], printed["machine_name"] = machine.MachineDriver, machine.MachineName
		printed["machine_options"] = machine.MachineOptions
	}
	return json.NewEncoder(os.Stdout).Encode(printed)
}
