// Package simulator starts packaged prism-simulators for tests written in Go.
package simulator

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Process is a running prism-simulator.
type Process struct {
	// Env is what the simulator says to export, in the form of os.Environ.
	Env     []string
	command *exec.Cmd
	folder  string
}

// Start runs dist/prism-simulator (or what SIMULATOR names) on a free port until Stop. It is called from the
// folder of a module beside this one.
func Start(arguments ...string) (*Process, error) {
	folder, err := os.MkdirTemp("", "prism-simulator-")
	if err != nil {
		return nil, err
	}
	path := os.Getenv("SIMULATOR")
	if path == "" {
		path = "../../../dist/prism-simulator"
	}
	envFile := filepath.Join(folder, "env")
	// Guests listen on the subnet's addresses: another one each time, beside what else may run here.
	subnet := fmt.Sprintf("127.%d.%d.0/24", 100+rand.Intn(100), rand.Intn(256))
	fixed := []string{"--port", "0", "--profile", "fast", "--subnet", subnet, "--environment-file", envFile}
	p := &Process{command: exec.Command(path, append(fixed, arguments...)...), folder: folder}
	output := &LockedBuffer{}
	p.command.Stdout, p.command.Stderr = output, output
	if err := p.command.Start(); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if p.Env = readEnv(envFile); len(p.Env) > 0 {
			return p, nil
		}
	}
	p.Stop()
	return nil, fmt.Errorf("prism-simulator did not write %s; it said: %s", envFile, output)
}

// Stop ends the simulator and removes its files.
func (p *Process) Stop() {
	p.command.Process.Signal(os.Interrupt)
	p.command.Wait()
	os.RemoveAll(p.folder)
}

// Value is one variable of Env; empty when it is not there.
func (p *Process) Value(name string) string {
	for _, variable := range p.Env {
		if value, found := strings.CutPrefix(variable, name+"="); found {
			return value
		}
	}
	return ""
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

// LockedBuffer is an output that is read while it is written.
type LockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *LockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(p)
}

func (b *LockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}
