// Package interop drives our plugin with libmachine's own client code, beside a Go plugin made with
// libmachine: where both answer from libmachine's base fields, their answers have to be the same.
package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/docker/machine/libmachine/drivers"
	rpcdriver "github.com/docker/machine/libmachine/drivers/rpc"
	"github.com/docker/machine/libmachine/mcnflag"
)

func TestMain(m *testing.M) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		panic(err)
	}
	folders := filepath.Join(root, "dist") + ":" + filepath.Join(root, ".tools")
	os.Setenv("PATH", folders+":"+os.Getenv("PATH"))
	os.Exit(m.Run())
}

// load starts the plugin of that name from the PATH, as docker-machine does for a stored machine.
func load(t *testing.T, driver string, config []byte) *rpcdriver.RPCClientDriver {
	t.Helper()
	factory := rpcdriver.NewRPCClientDriverFactory()
	t.Cleanup(func() { factory.Close() })
	client, err := factory.NewRPCClientDriver(driver, config)
	if err != nil {
		t.Fatalf("%s: %v", driver, err)
	}
	return client
}

func answers(driver *rpcdriver.RPCClientDriver) map[string]string {
	port, portError := driver.GetSSHPort()
	ip, ipError := driver.GetIP()
	url, urlError := driver.GetURL()
	return map[string]string{
		"GetMachineName": driver.GetMachineName(),
		"GetSSHUsername": driver.GetSSHUsername(),
		"GetSSHKeyPath":  driver.GetSSHKeyPath(),
		"GetSSHPort":     fmt.Sprint(port, portError),
		"GetIP":          fmt.Sprint(ip, ipError),
		"GetURL":         fmt.Sprint(url, urlError),
	}
}

func TestBaseFieldsAreReadLikeAGoDriverDoes(t *testing.T) {
	for name, config := range map[string]string{
		"all fields":  `{"MachineName":"a","StorePath":"/s","SSHUser":"core","SSHPort":2022,"SSHKeyPath":"/k","IPAddress":"10.0.0.1"}`,
		"other case":  `{"machinename":"b","STOREPATH":"/s","sshport":7,"SshUser":"x","SSHKeyPath":"/k","IPAddress":"10.0.0.1"}`,
		"null fields": `{"MachineName":"c","StorePath":"/s","SSHUser":null,"SSHPort":null,"SSHKeyPath":"/k","IPAddress":"10.0.0.1"}`,
		"IPv6":        `{"MachineName":"d","StorePath":"/s","SSHUser":"u","SSHPort":22,"SSHKeyPath":"/k","IPAddress":"fd00::7"}`,
	} {
		t.Run(name, func(t *testing.T) {
			want := answers(load(t, "idle", []byte(config)))
			got := answers(load(t, "nutanix", []byte(config)))
			for method := range want {
				// Whether a host runs is asked of Prism Central, which is not there: the address decides here.
				if method != "GetURL" && method != "GetIP" && got[method] != want[method] {
					t.Errorf("%s: got %q, a Go driver answers %q", method, got[method], want[method])
				}
			}
		})
	}
}

func TestSwarmFlagsEndInTheSameConfig(t *testing.T) {
	values := map[string]interface{}{"swarm-master": true, "swarm-host": "tcp://0.0.0.0:3376", "swarm-discovery": "token://x"}
	config := func(driver string) map[string]interface{} {
		client := load(t, driver, []byte(`{"MachineName":"web-1","StorePath":"/s"}`))
		flags := client.GetCreateFlags()
		if err := client.SetConfigFromFlags(optionsFor(flags, values)); err != nil {
			t.Fatalf("%s: %v", driver, err)
		}
		raw, err := client.GetConfigRaw()
		if err != nil {
			t.Fatal(err)
		}
		var saved map[string]interface{}
		if err := json.Unmarshal(raw, &saved); err != nil {
			t.Fatal(err)
		}
		return saved
	}
	want, got := config("idle"), config("nutanix")
	for _, key := range []string{"MachineName", "StorePath", "SwarmMaster", "SwarmHost", "SwarmDiscovery"} {
		if got[key] != want[key] {
			t.Errorf("%s: got %v, a Go driver keeps %v", key, got[key], want[key])
		}
	}
}

// optionsFor gives every flag its default or, where Prism Central has to be named, something that looks right.
func optionsFor(flags []mcnflag.Flag, values map[string]interface{}) drivers.DriverOptions {
	all := map[string]interface{}{}
	for _, flag := range flags {
		if all[flag.String()] = flag.Default(); flag.Default() == nil {
			all[flag.String()] = false
		}
	}
	for name, value := range map[string]interface{}{
		"nutanix-endpoint": "prism.example.net", "nutanix-username": "u", "nutanix-password": "p",
		"nutanix-cluster": "c", "nutanix-vm-image": "i", "nutanix-vm-network": []string{"n"},
	} {
		all[name] = value
	}
	for name, value := range values {
		all[name] = value
	}
	return &rpcdriver.RPCFlags{Values: all}
}
