package plugin

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// flagValues is what a client sends: defaults, then the environment, then `given`.
func flagValues(flags []Flag, env []string, given map[string]interface{}) driverOptions {
	variables := map[string]string{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		variables[name] = value
	}
	values := map[string]interface{}{
		"driver": "nutanix", "swarm-master": false, "swarm-host": "tcp://0.0.0.0:3376", "swarm-discovery": "",
		"engine-install-url": "https://get.docker.com", "engine-label": []string{"a=b"},
	}
	for _, flag := range flags {
		values[flag.Key()] = defaultOf(flag)
		text, set := variables[envOf(flag)]
		switch {
		case given[flag.Key()] != nil:
			values[flag.Key()] = given[flag.Key()]
		case !set || kindOf(flag) == "string slice":
			// docker-machine ignores the variable of a slice that is not on the command line.
		case kindOf(flag) == "int":
			values[flag.Key()], _ = strconv.Atoi(text)
		case kindOf(flag) == "bool":
			values[flag.Key()] = text == "true" || text == "1"
		default:
			values[flag.Key()] = text
		}
	}
	return &RPCFlags{Values: values}
}

// newMachine spawns a plugin and configures it for a machine on the simulator, as `create` does.
func newMachine(t *testing.T, name string) (s *session, store string) {
	t.Helper()
	env := simulatorEnv(t)
	s, store = spawn(t, env...), t.TempDir()
	s.must("SetConfigRaw", newConfig(store, name))
	options := flagValues(createFlags(s), env, map[string]interface{}{"nutanix-timeout": 45})
	s.must("SetConfigFromFlags", &options)
	return s, store
}

func (s *session) config() map[string]interface{} {
	s.t.Helper()
	var raw []byte
	if err := s.call("GetConfigRaw", struct{}{}, &raw); err != nil {
		s.t.Fatalf("GetConfigRaw: %v", err)
	}
	var config map[string]interface{}
	if err := json.Unmarshal(raw, &config); err != nil {
		s.t.Fatalf("GetConfigRaw is not JSON: %v in %s", err, raw)
	}
	return config
}

func (s *session) waitForState(want int) {
	s.t.Helper()
	got := -1
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if got = s.number("GetState"); got == want {
			return
		}
	}
	s.t.Fatalf("GetState: still %d, not %d", got, want)
}

func TestTheLifeOfAHost(t *testing.T) {
	s, store := newMachine(t, "interop-1")
	s.must("PreCreateCheck", struct{}{})
	if err := os.MkdirAll(filepath.Join(store, "machines", "interop-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.must("Create", struct{}{})
	t.Cleanup(func() { s.call("Remove", struct{}{}, nil) })

	equal(t, "GetState", s.number("GetState"), running)
	address := s.text("GetIP")
	if net.ParseIP(address) == nil {
		t.Errorf("GetIP: %q is no address", address)
	}
	equal(t, "GetURL", s.text("GetURL"), "tcp://"+net.JoinHostPort(address, "2376"))
	equal(t, "GetSSHHostname", s.text("GetSSHHostname"), address)
	equal(t, "config's IPAddress", s.config()["IPAddress"], address)
	equal(t, "config's SwarmHost", s.config()["SwarmHost"], "tcp://0.0.0.0:3376")

	key := s.text("GetSSHKeyPath")
	if mode, err := os.Stat(key); err != nil || mode.Mode().Perm()&0o077 != 0 {
		t.Errorf("GetSSHKeyPath: %s is not a private file: %v %v", key, mode, err)
	}
	port := strconv.Itoa(s.number("GetSSHPort"))
	if connection, err := net.DialTimeout("tcp", net.JoinHostPort(address, port), patience); err != nil {
		t.Errorf("SSH port: %v", err)
	} else {
		connection.Close()
	}

	s.must("Stop", struct{}{})
	s.waitForState(stopped)
	equal(t, "GetURL of a stopped host", s.failure("GetURL", struct{}{}), "Host is not running")
	s.must("Start", struct{}{})
	s.waitForState(running)
	s.must("Restart", struct{}{})
	s.waitForState(running)
	s.must("Kill", struct{}{})
	s.waitForState(stopped)
	s.must("Remove", struct{}{})
	s.must("Remove", struct{}{}) // what is gone already is success
}

func TestAnotherProcessFindsTheHostByItsConfig(t *testing.T) {
	first, store := newMachine(t, "interop-2")
	first.must("PreCreateCheck", struct{}{})
	if err := os.MkdirAll(filepath.Join(store, "machines", "interop-2"), 0o700); err != nil {
		t.Fatal(err)
	}
	beforeCreate, err := json.Marshal(first.config())
	if err != nil {
		t.Fatal(err)
	}
	first.must("Create", struct{}{})

	// What docker-machine has saved when Create is interrupted: the configuration from before.
	second := spawn(t, simulatorEnv(t)...)
	second.must("SetConfigRaw", beforeCreate)
	equal(t, "GetState", second.number("GetState"), running)
	second.must("Remove", struct{}{})
	if text := second.failure("GetState", struct{}{}); !strings.Contains(strings.ToLower(text), "not found") {
		t.Errorf("GetState of a removed host: %q does not say \"not found\", which rancher-machine looks for", text)
	}
}

func TestOtherCallsAreAnsweredDuringCreate(t *testing.T) {
	s, store := newMachine(t, "interop-3")
	s.must("PreCreateCheck", struct{}{})
	if err := os.MkdirAll(filepath.Join(store, "machines", "interop-3"), 0o700); err != nil {
		t.Fatal(err)
	}
	stood := watchStandstill(t)
	create := s.client.Go("RPCServerDriver.Create", struct{}{}, nil, nil)
	slowest, calls := time.Duration(0), 0
	for done := false; !done; {
		started, stoodBefore := time.Now(), stood.Load()
		s.must("Heartbeat", struct{}{})
		equal(t, "DriverName", s.text("DriverName"), "nutanix")
		if took := time.Since(started); took > slowest {
			time.Sleep(20 * time.Millisecond) // so that a standstill that has just ended is counted
			slowest = max(slowest, took-time.Duration(stood.Load()-stoodBefore))
		}
		calls += 2
		select {
		case <-create.Done:
			done = true
		case <-time.After(5 * time.Millisecond):
		}
	}
	if create.Error != nil {
		t.Fatalf("Create: %v", create.Error)
	}
	if calls < 10 || slowest > 2*time.Second {
		t.Errorf("%d calls during Create, the slowest pair %s", calls, slowest)
	}
	s.must("Remove", struct{}{})
}

// watchStandstill counts the nanoseconds for which this process stood still, half a second or more at a time: then the plugin did, too.
func watchStandstill(t *testing.T) *atomic.Int64 {
	stood, over := &atomic.Int64{}, make(chan struct{})
	t.Cleanup(func() { close(over) })
	go func() {
		const pause, standstill = time.Millisecond, 500 * time.Millisecond
		for {
			asleep := time.Now()
			select {
			case <-over:
				return
			case <-time.After(pause):
				if took := time.Since(asleep); took > standstill {
					stood.Add(int64(took))
				}
			}
		}
	}()
	return stood
}

func TestPreCreateCheckNamesEveryMissingFlag(t *testing.T) {
	s := spawn(t)
	s.must("SetConfigRaw", newConfig(t.TempDir(), "web-1"))
	options := flagValues(createFlags(s), nil, nil)
	err := s.call("SetConfigFromFlags", &options, nil)
	if err == nil {
		err = s.call("PreCreateCheck", struct{}{}, nil)
	}
	text := fmt.Sprint(err)
	for _, word := range []string{"endpoint", "username", "password", "cluster", "vm-image", "vm-network"} {
		if !strings.Contains(text, "nutanix-"+word) {
			t.Errorf("--nutanix-%s is not in %q", word, text)
		}
	}
}
