// Package prismgoclient drives prism-simulator with Nutanix's own Go client for API v3, unchanged.
package prismgoclient

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	nutanix "github.com/nutanix-cloud-native/prism-go-client"
	v3 "github.com/nutanix-cloud-native/prism-go-client/v3"
	"nutanix-interop/simulator"
)

const apiKey = "4d6f2c1a-key-of-a-service-account"

// server is the simulator of all tests: what they make has names of their own.
var server *simulator.Process

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if server, err = simulator.Start("--guests", "none", "--api-key", apiKey); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Stop()
	return m.Run()
}

func credentials() nutanix.Credentials {
	host, port := server.Value("NUTANIX_ENDPOINT"), server.Value("NUTANIX_PORT")
	return nutanix.Credentials{
		URL: host + ":" + port, Endpoint: host, Port: port, Insecure: true,
		Username: server.Value("NUTANIX_USERNAME"), Password: server.Value("NUTANIX_PASSWORD"),
	}
}

// client signs in with a name and a password, within a limit that only a hanging server reaches.
func client(t *testing.T) (v3.Service, context.Context) {
	t.Helper()
	return clientOf(t, credentials())
}

func clientOf(t *testing.T, credentials nutanix.Credentials) (v3.Service, context.Context) {
	t.Helper()
	made, err := v3.NewV3Client(credentials)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return made.V3, ctx
}

// finished waits for the task of an accepted request. The answer to a create or an update names one task, the
// entity itself lists them.
func finished(t *testing.T, ctx context.Context, api v3.Service, execution *v3.ExecutionContext) *v3.TasksResponse {
	t.Helper()
	uuid, isText := execution.TaskUUID.(string)
	if !isText {
		t.Fatalf("task of an accepted request is %v", execution.TaskUUID)
	}
	for {
		task, err := api.GetTask(ctx, uuid)
		if err != nil {
			t.Fatal(err)
		}
		switch *task.Status {
		case "SUCCEEDED", "FAILED", "ABORTED":
			return task
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func succeeded(t *testing.T, ctx context.Context, api v3.Service, execution *v3.ExecutionContext) {
	t.Helper()
	if task := finished(t, ctx, api, execution); *task.Status != "SUCCEEDED" {
		t.Fatalf("task %s: %s %s", *task.OperationType, *task.Status, text(task.ErrorDetail))
	}
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused asserts on the server's own word in an error of the client.
func refused(t *testing.T, err error, word string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), word) {
		t.Fatalf("error is %v, not %s", err, word)
	}
}
