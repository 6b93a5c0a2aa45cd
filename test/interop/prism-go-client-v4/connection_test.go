// Package prismgoclientv4 drives prism-simulator with Nutanix's own Go client for API v4, unchanged: the interface
// that Nutanix's Kubernetes provider uses, above the generated clients of each namespace (4.2).
package prismgoclientv4

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	nutanix "github.com/nutanix-cloud-native/prism-go-client"
	converged "github.com/nutanix-cloud-native/prism-go-client/converged/v4"
	"nutanix-interop/simulator"
)

// What the preset inventory has.
const (
	cluster      = "00061f7f-44f7-19dc-3be1-7cc25586ee44"
	subnet       = "b2e46975-2cde-4a49-9dda-815eb4fcd679"
	image        = "70cfd137-a8d9-4169-a5ac-cf9ad6ddb03a"
	imageName    = "ubuntu-22.04-cloudimg"
	container    = "8a77ce4a-5730-44ea-a281-4c81b1277333"
	unknown      = "3a830cd3-6242-4356-7322-9f2b6c0dcd75"
	pcVersion    = "pc.7.6"
	gib          = int64(1) << 30
	patience     = time.Minute
	certificates = "SSL_CERT_FILE"
)

// server is the simulator of all tests: what they make has names of their own.
var server *simulator.Process

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "prism-go-client-v4-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	caFile := filepath.Join(folder, "ca.pem")
	server, err = simulator.Start("--guests", "none", "--pc-version", pcVersion, "--api", "v4", "--ca-file", caFile)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Stop()
	// The client has no option for the certificate: it trusts what this machine trusts, read at the first connection.
	os.Setenv(certificates, caFile)
	return m.Run()
}

func credentials() nutanix.Credentials {
	host, port := server.Value("NUTANIX_ENDPOINT"), server.Value("NUTANIX_PORT")
	return nutanix.Credentials{
		Endpoint: host + ":" + port,
		Username: server.Value("NUTANIX_USERNAME"), Password: server.Value("NUTANIX_PASSWORD"),
	}
}

// client signs in with a name and a password, within a limit that only a hanging server reaches.
func client(t *testing.T) (*converged.Client, context.Context) {
	t.Helper()
	made, err := converged.NewClient(credentials())
	check(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return made, ctx
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s is %v, not %v", what, got, want)
	}
}
