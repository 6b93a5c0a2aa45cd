package plugin

import (
	"os"
	"sync"
	"testing"

	"nutanix-interop/simulator"
)

// One simulator with emulated guests, started when the first test wants it and stopped by TestMain.
var (
	shared     *simulator.Process
	sharedErr  error
	sharedOnce sync.Once
)

func TestMain(m *testing.M) {
	code := m.Run()
	if shared != nil {
		shared.Stop()
	}
	os.Exit(code)
}

// simulatorEnv is what the simulator says to export, in the form of os.Environ.
func simulatorEnv(t *testing.T) []string {
	t.Helper()
	sharedOnce.Do(func() { shared, sharedErr = simulator.Start() })
	if sharedErr != nil {
		t.Fatal(sharedErr)
	}
	return shared.Env
}
