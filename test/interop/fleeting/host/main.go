// fleeting-host is GitLab's side of a fleeting plugin, as a program that tests drive: it starts a plugin with GitLab's own code
// (fleeting.RunPlugin, the provisioner, taskscaler, the SSH connector) and does what the lines of its standard input say. Each line
// is a request in JSON with an id; its answer, a line of standard output, has the same id. Requests run at the same time. Events
// are lines without an id; the log, also the plugin's, is JSON lines on standard error.
//
//	fleeting-host PLUGIN      requests from standard input
//	fleeting-host descriptor  what the module's .proto declares, for test/interop/fleeting/interface.test.ts
//	fleeting-host config      what a config.toml on standard input says to the plugin, for test/e2e/fleeting/runner-config.test.ts
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc/status"
)

// request is one line of standard input; which fields a command reads stands at its function.
type request struct {
	ID        int             `json:"id"`
	Do        string          `json:"do"`
	Config    json.RawMessage `json:"config"`
	Connector json.RawMessage `json:"connector"`
	AutoMTLS  bool            `json:"autoMtls"`
	Count     int             `json:"count"`
	Instance  string          `json:"instance"`
	Instances []string        `json:"instances"`
	Command   string          `json:"command"`
	Key       string          `json:"key"`
	// Ms: how long the request may take; without it a minute.
	Ms int `json:"ms"`
	// IntervalMs: between updates of the provisioner while it expects something.
	IntervalMs int `json:"intervalMs"`
	// Idle, Uses: taskscaler's idle count and most uses of an instance.
	Idle int `json:"idle"`
	Uses int `json:"uses"`
}

type command func(ctx context.Context, host *host, r request) (any, error)

var commands = map[string]command{
	"start":        start,
	"init":         initGroup,
	"update":       update,
	"increase":     increase,
	"decrease":     decrease,
	"connect-info": connectInfo,
	"heartbeat":    heartbeat,
	"run":          run,
	"shutdown":     shutdown,
	"kill":         kill,
	"provision":    provision,
	"request":      requestInstances,
	"delete":       deleteInstance,
	"instances":    instances,
	"capacity":     capacity,
	"scale":        scale,
	"acquire":      acquire,
	"release":      release,
	"stop":         stop,
}

// host is what the requests work on.
type host struct {
	plugin string
	output sync.Mutex
	mu     sync.Mutex
	runner pluginProcess
	group  instanceGroup
	engine
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: fleeting-host PLUGIN | fleeting-host descriptor | fleeting-host config")
		os.Exit(2)
	}
	printers := map[string]func() error{"descriptor": printDescriptor, "config": printConfig}
	if printed, found := printers[os.Args[1]]; found {
		if err := printed(); err != nil {
			fmt.Fprintln(os.Stderr, "fleeting-host:", err)
			os.Exit(1)
		}
		return
	}
	h := &host{plugin: os.Args[1]}
	var under sync.WaitGroup
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			fmt.Fprintln(os.Stderr, "fleeting-host: request:", err)
			os.Exit(2)
		}
		under.Go(func() { h.answer(r) })
	}
	under.Wait()
	if h.runner != nil {
		h.runner.Kill()
	}
}

// answer does one request and writes what came of it, and how long it took, in microseconds.
func (h *host) answer(r request) {
	limit := time.Minute
	if r.Ms > 0 {
		limit = time.Duration(r.Ms) * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	do, known := commands[r.Do]
	if !known {
		h.print(map[string]any{"id": r.ID, "error": "there is no command " + r.Do})
		return
	}
	began := time.Now()
	result, err := do(ctx, h, r)
	line := map[string]any{"id": r.ID, "micros": time.Since(began).Microseconds(), "result": result}
	if err != nil {
		line["error"], line["code"] = err.Error(), status.Code(err).String()
	}
	h.print(line)
}

func (h *host) print(line any) {
	h.output.Lock()
	defer h.output.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		os.Exit(1)
	}
}
