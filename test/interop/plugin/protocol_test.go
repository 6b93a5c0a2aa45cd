package plugin

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"nutanix-interop/simulator"
)

func TestWithoutTheTokenItExplainsItself(t *testing.T) {
	command := exec.Command(pluginPath())
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "MACHINE_PLUGIN_") {
			command.Env = append(command.Env, variable)
		}
	}
	output, err := command.CombinedOutput()
	if err == nil || command.ProcessState.ExitCode() != 1 {
		t.Errorf("exit: %v", err)
	}
	for _, text := range []string{"a plugin of docker-machine", "docker-machine create -d nutanix", "--help"} {
		if !strings.Contains(string(output), text) {
			t.Errorf("%q is not in: %s", text, output)
		}
	}
}

func TestArgumentsOfAClientAreNotItsOwn(t *testing.T) {
	// rancher-machine passes its whole command line.
	s := &session{t: t, stderr: &simulator.LockedBuffer{}, exited: make(chan error, 1)}
	s.process = exec.Command(pluginPath(), "rancher-machine", "create", "--version", "--help", "-d", "nutanix")
	s.process.Env = append(os.Environ(), "MACHINE_PLUGIN_TOKEN=42")
	stdout, _ := s.process.StdoutPipe()
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.process.Process.Kill()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "127.0.0.1:") {
		t.Errorf("first line %q, %v", line, err)
	}
}

func TestOpeningsThatAreNotRPC(t *testing.T) {
	s := spawnWithoutClient(t)
	for request, status := range map[string]int{
		"GET /_goRPC_ HTTP/1.0\r\n\r\n":   http.StatusMethodNotAllowed,
		"CONNECT /other HTTP/1.0\r\n\r\n": http.StatusNotFound,
	} {
		connection, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(connection, request)
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Errorf("%q: %v", request, err)
		} else {
			equal(t, request, response.StatusCode, status)
		}
		connection.Close()
	}
}

func TestGarbageEndsOnlyItsOwnConnection(t *testing.T) {
	s := spawn(t)
	for _, garbage := range []string{"\xf8\xff\xff\xff\xff\xff\xff\xff\xff", "\x05hello", strings.Repeat("\x00", 4096)} {
		connection, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(connection, "CONNECT /_goRPC_ HTTP/1.0\n\n")
		reader := bufio.NewReader(connection)
		for range [2]int{} { // status line, empty line
			reader.ReadString('\n')
		}
		io.WriteString(connection, garbage)
		connection.SetReadDeadline(time.Now().Add(patience))
		if rest, err := io.ReadAll(reader); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%q: the connection stays open (%v, %q)", garbage, err, rest)
		}
		connection.Close()
	}
	equal(t, "GetVersion on the first connection", s.number("GetVersion"), 1)
}

func TestManyCallsAtOnce(t *testing.T) {
	s := spawn(t)
	s.must("SetConfigRaw", newConfig(t.TempDir(), "web-1"))
	var group sync.WaitGroup
	for worker := 0; worker < 16; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < 100; i++ {
				var name, machine string
				if err := s.client.Call("RPCServerDriver.DriverName", struct{}{}, &name); err != nil || name != "nutanix" {
					t.Errorf("DriverName: %q, %v", name, err)
					return
				}
				if err := s.client.Call("RPCServerDriver.GetMachineName", struct{}{}, &machine); err != nil || machine != "web-1" {
					t.Errorf("GetMachineName: %q, %v", machine, err)
					return
				}
			}
		}()
	}
	group.Wait()
}

func TestItEndsWhenTheClientIsGone(t *testing.T) {
	t.Parallel()
	s := spawn(t)
	s.must("Heartbeat", struct{}{})
	s.client.Close()
	if code := s.exitCode(); code == -1 {
		t.Error("killed by a signal")
	}
}

func TestItEndsWithoutAnyHeartbeat(t *testing.T) {
	t.Parallel()
	s := spawnWithoutClient(t)
	equal(t, "exit code", s.exitCode(), 1)
}
