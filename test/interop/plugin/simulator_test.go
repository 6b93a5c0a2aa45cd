package plugin

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// simulator is a packaged prism-simulator with emulated guests, started when the first test wants it and
// stopped by TestMain.
type simulator struct {
	process *exec.Cmd
	env     []string
	err     error
}

var (
	shared     simulator
	sharedOnce sync.Once
)

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.process != nil {
		shared.process.Process.Signal(os.Interrupt)
		shared.process.Wait()
	}
	os.Exit(code)
}

// simulatorEnv is what the simulator says to export, in the form of os.Environ.
func simulatorEnv(t *testing.T) []string {
	t.Helper()
	sharedOnce.Do(func() { shared.err = shared.start() })
	if shared.err != nil {
		t.Fatalf("prism-simulator: %v", shared.err)
	}
	return shared.env
}

func (s *simulator) start() error {
	folder, err := os.MkdirTemp("", "prism-simulator-")
	if err != nil {
		return err
	}
	path := os.Getenv("SIMULATOR")
	if path == "" {
		path = "../../../dist/prism-simulator"
	}
	envFile := filepath.Join(folder, "env")
	// Guests listen on the subnet's addresses: another one each time, beside what else may run here.
	subnet := fmt.Sprintf("127.%d.%d.0/24", 100+rand.Intn(100), rand.Intn(256))
	s.process = exec.Command(path, "--port", "0", "--profile", "fast", "--subnet", subnet, "--env-file", envFile)
	output := &lockedBuffer{}
	s.process.Stdout, s.process.Stderr = output, output
	if err := s.process.Start(); err != nil {
		s.process = nil
		return err
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if s.env = readEnv(envFile); len(s.env) > 0 {
			return nil
		}
	}
	return fmt.Errorf("did not write %s; it said: %s", envFile, output)
}

// readEnv reads lines like `export NAME='value'`.
func readEnv(path string) (env []string) {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := strings.TrimPrefix(strings.TrimSpace(lines.Text()), "export ")
		if name, value, found := strings.Cut(line, "="); found && !strings.HasPrefix(line, "#") {
			env = append(env, name+"="+strings.Trim(value, `'"`))
		}
	}
	return env
}
