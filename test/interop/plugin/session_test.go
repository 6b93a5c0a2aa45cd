package plugin

import (
	"bufio"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"nutanix-interop/simulator"
)

// States as libmachine numbers them.
const (
	running = 1
	stopped = 4
)

// session is one running plugin process with a client connected to it, as docker-machine would have.
type session struct {
	t       *testing.T
	process *exec.Cmd
	client  *rpc.Client
	address string
	service string
	stderr  *simulator.LockedBuffer
	exited  chan error
}

func pluginPath() string {
	if path := os.Getenv("PLUGIN"); path != "" {
		return path
	}
	return "../../../dist/docker-machine-driver-nutanix"
}

// spawn starts the plugin as docker-machine does and connects; the process ends with the test.
func spawn(t *testing.T, env ...string) *session {
	t.Helper()
	s := spawnWithoutClient(t, env...)
	client, err := rpc.DialHTTP("tcp", s.address)
	if err != nil {
		t.Fatalf("dial %s: %v", s.address, err)
	}
	s.client = client
	stop := make(chan struct{})
	go s.beat(stop)
	t.Cleanup(func() {
		close(stop)
		client.Close()
	})
	return s
}

func spawnWithoutClient(t *testing.T, env ...string) *session {
	t.Helper()
	s := &session{t: t, service: "RPCServerDriver", stderr: &simulator.LockedBuffer{}, exited: make(chan error, 1)}
	s.process = exec.Command(pluginPath())
	s.process.Env = append(append(os.Environ(), "MACHINE_PLUGIN_TOKEN=42", "MACHINE_PLUGIN_DRIVER_NAME=nutanix"), env...)
	s.process.Stderr = s.stderr
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("no address line (%v): stdout %q stderr %q", err, line, s.stderr)
	}
	if !regexp.MustCompile(`^127\.0\.0\.1:\d+\n$`).MatchString(line) {
		t.Fatalf("first line of stdout is %q, not an address", line)
	}
	s.address = strings.TrimSpace(line)
	go func() {
		io.Copy(io.Discard, lines)
		s.exited <- s.process.Wait()
	}()
	t.Cleanup(func() { s.process.Process.Kill() })
	return s
}

// beat keeps the plugin alive, as a client's heartbeat does.
func (s *session) beat(stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(3 * time.Second):
			s.client.Call(s.service+".Heartbeat", struct{}{}, nil)
		}
	}
}

// patience is a limit against hanging, far above what a computer with other work stands still for.
const patience = time.Minute

// call fails the test when the reply does not come.
func (s *session) call(method string, argument, reply interface{}) error {
	s.t.Helper()
	pending := s.client.Go(s.service+"."+method, argument, reply, make(chan *rpc.Call, 1))
	select {
	case done := <-pending.Done:
		return done.Error
	case <-time.After(patience):
		s.t.Fatalf("%s: no reply within %s; stderr: %s", method, patience, s.stderr)
		return nil
	}
}

func (s *session) must(method string, argument interface{}) {
	s.t.Helper()
	if err := s.call(method, argument, nil); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

func (s *session) text(method string) string {
	s.t.Helper()
	var reply string
	if err := s.call(method, struct{}{}, &reply); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
	return reply
}

func (s *session) number(method string) int {
	s.t.Helper()
	var reply int
	if err := s.call(method, struct{}{}, &reply); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
	return reply
}

// failure is the text of the error that a call has to give.
func (s *session) failure(method string, argument interface{}) string {
	s.t.Helper()
	var reply interface{}
	err := s.call(method, argument, nil)
	if err == nil {
		s.t.Fatalf("%s: no error, but %v", method, reply)
	}
	return err.Error()
}

func (s *session) exitCode() int {
	s.t.Helper()
	select {
	case <-s.exited:
		return s.process.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatalf("the plugin still runs after %s; stderr: %s", patience, s.stderr)
		return -1
	}
}

func equal(t *testing.T, what string, got, want interface{}) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}
