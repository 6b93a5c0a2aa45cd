package plugin

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// newConfig is what a client sends for a machine that is to be created.
func newConfig(store, name string) []byte {
	config, _ := json.Marshal(map[string]interface{}{
		"IPAddress": "", "MachineName": name, "SSHUser": "", "SSHPort": 0, "SSHKeyPath": "", "StorePath": store,
		"SwarmMaster": false, "SwarmHost": "", "SwarmDiscovery": "",
	})
	return config
}

func TestGetVersion(t *testing.T) {
	s := spawn(t)
	equal(t, "GetVersion", s.number("GetVersion"), 1)
	s.service = "RpcServerDriver" // clients before 0.5.1
	equal(t, "GetVersion under the old service name", s.number("GetVersion"), 1)
}

func TestNamesAndSSHOfANewMachine(t *testing.T) {
	s, store := spawn(t), t.TempDir()
	s.must("SetConfigRaw", newConfig(store, "web-1"))
	equal(t, "DriverName", s.text("DriverName"), "nutanix")
	equal(t, "GetMachineName", s.text("GetMachineName"), "web-1")
	equal(t, "GetSSHUsername", s.text("GetSSHUsername"), "root")
	equal(t, "GetSSHPort", s.number("GetSSHPort"), 22)
	keyFolder := filepath.Join(store, "machines", "web-1")
	equal(t, "folder of GetSSHKeyPath", filepath.Dir(s.text("GetSSHKeyPath")), keyFolder)
}

func TestANewMachineHasNoAddress(t *testing.T) {
	s := spawn(t)
	s.must("SetConfigRaw", newConfig(t.TempDir(), "web-1"))
	for method, want := range map[string]string{
		"GetIP":          "IP",
		"GetSSHHostname": "IP",
		"GetIPv6":        "IPv6",
		"GetURL":         "",
	} {
		if text := s.failure(method, struct{}{}); !strings.Contains(text, want) {
			t.Errorf("%s: the error %q does not speak of %q", method, text, want)
		}
	}
}

func TestAnExistingConfigIsUsedAndKept(t *testing.T) {
	s, store := spawn(t), t.TempDir()
	key := filepath.Join(store, "key")
	config := map[string]interface{}{
		"IPAddress": "10.1.2.3", "MachineName": "old-1", "SSHUser": "core", "SSHPort": 2222, "SSHKeyPath": key,
		"StorePath": store, "SwarmMaster": true, "SwarmHost": "tcp://0.0.0.0:3376", "SwarmDiscovery": "d",
		"Endpoint": "127.0.0.1", "Username": "u", "Password": "p", "Port": "9", "VMId": "", "KeyOfAnother": []int{1},
		"Text": "<&>\u2028",
	}
	bytes, _ := json.MarshalIndent(config, "        ", "    ")
	s.must("SetConfigRaw", bytes)
	equal(t, "GetMachineName", s.text("GetMachineName"), "old-1")
	equal(t, "GetSSHUsername", s.text("GetSSHUsername"), "core")
	equal(t, "GetSSHPort", s.number("GetSSHPort"), 2222)
	equal(t, "GetSSHKeyPath", s.text("GetSSHKeyPath"), key)

	var raw []byte
	if err := s.call("GetConfigRaw", struct{}{}, &raw); err != nil {
		t.Fatal(err)
	}
	var saved map[string]interface{}
	if err := json.Unmarshal(raw, &saved); err != nil {
		t.Fatalf("GetConfigRaw is not JSON: %v in %s", err, raw)
	}
	for name, want := range config {
		wanted, _ := json.Marshal(want)
		got, _ := json.Marshal(saved[name])
		equal(t, name, string(got), string(wanted))
	}
}

func TestSetConfigRawRefusesWhatIsNoObject(t *testing.T) {
	s := spawn(t)
	for _, text := range []string{"", "{", "null", "[]", `{"SSHPort":"many"}`} {
		if problem := s.failure("SetConfigRaw", []byte(text)); problem == "" {
			t.Errorf("%q: empty error", text)
		}
	}
	equal(t, "GetVersion after them", s.number("GetVersion"), 1)
}

func TestHeartbeatAndClose(t *testing.T) {
	s := spawn(t)
	s.must("Heartbeat", struct{}{})
	s.call("Close", struct{}{}, nil)
	// Where it ended for the lack of heartbeats, it would be 1.
	equal(t, "exit code", s.exitCode(), 0)
}

func TestCallsThatDoNotExist(t *testing.T) {
	s := spawn(t)
	equal(t, "method", s.failure("Nope", struct{}{}), "rpc: can't find method RPCServerDriver.Nope")
	s.service = "NoSuchService"
	equal(t, "service", s.failure("GetIP", struct{}{}), "rpc: can't find service NoSuchService.GetIP")
	s.service = "RPCServerDriver"
	if text := s.failure("UpdateLabels", map[string]string{"a": "b"}); text == "" {
		t.Error("UpdateLabels: empty error")
	}
	if text := s.failure("SetConfigRaw", "text and not bytes"); !strings.HasPrefix(text, "gob:") {
		t.Errorf("wrong argument type: %q", text)
	}
	equal(t, "GetVersion after them", s.number("GetVersion"), 1)
}
