#!/usr/bin/env bash
# swarmkit v2.1.1 (engines 28.2 and later): while a CSI driver stages a volume on a node, that node takes no assignments: no task of
# any service is started or stopped there.
#
# Behaviour:  a call of the driver has the lock of the plugin's volumes for as long as it runs, up to 15 s. The task that waits for the
#             volume asks for its path, which waits for that lock and has the one of all volumes meanwhile. Each set of assignments,
#             also one without volumes, needs this one. v2.0.0 is the same.
# Output:     NodeStageVolume runs; assignments without a volume are taken: false
#             NodeStageVolume has ended; assignments without a volume are taken: true
# One expects a volume that is slow to come to hold up the task that wants it, and no other.
# It hurts:   everybody whose driver waits in a call of the node, for a disk to appear or another node to let go: a service that is
#             removed meanwhile runs on, and two nodes that wait for each other's volumes let go only when the calls have given up.
# Here:       staging waits for 3 s at most (`--role swarm`), then Swarm comes again: docs/csi.md, test/csi/node.test.ts.
#
# Wants Go. Exit code: 0 while it does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
command -v go >/dev/null || exit 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'PROGRAM'
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	spec "github.com/container-storage-interface/spec/lib/go/csi"
	"github.com/moby/swarmkit/v2/agent/csi"
	"github.com/moby/swarmkit/v2/api"
	"github.com/moby/swarmkit/v2/node/plugin"
	"google.golang.org/grpc"
)

// driver stages when it is told to.
type driver struct {
	spec.UnimplementedIdentityServer
	spec.UnimplementedNodeServer
	staging, stage chan bool
}

func (d *driver) Probe(context.Context, *spec.ProbeRequest) (*spec.ProbeResponse, error) {
	return &spec.ProbeResponse{}, nil
}

func (d *driver) NodeGetCapabilities(context.Context, *spec.NodeGetCapabilitiesRequest) (*spec.NodeGetCapabilitiesResponse, error) {
	rpc := &spec.NodeServiceCapability_RPC{Type: spec.NodeServiceCapability_RPC_STAGE_UNSTAGE_VOLUME}
	capability := &spec.NodeServiceCapability{Type: &spec.NodeServiceCapability_Rpc{Rpc: rpc}}
	return &spec.NodeGetCapabilitiesResponse{Capabilities: []*spec.NodeServiceCapability{capability}}, nil
}

func (d *driver) NodeGetInfo(context.Context, *spec.NodeGetInfoRequest) (*spec.NodeGetInfoResponse, error) {
	return &spec.NodeGetInfoResponse{NodeId: "node"}, nil
}

func (d *driver) NodeStageVolume(context.Context, *spec.NodeStageVolumeRequest) (*spec.NodeStageVolumeResponse, error) {
	d.staging <- true
	<-d.stage
	return &spec.NodeStageVolumeResponse{}, nil
}

func (d *driver) NodePublishVolume(context.Context, *spec.NodePublishVolumeRequest) (*spec.NodePublishVolumeResponse, error) {
	return &spec.NodePublishVolumeResponse{}, nil
}

// handed is the driver as an engine hands it to swarmkit.
type handed struct {
	plugin.AddrPlugin
	at net.Addr
}

func (h handed) Name() string               { return "demo" }
func (h handed) Addr() net.Addr             { return h.at }
func (h handed) ScopedPath(s string) string { return s }

// getter is the engine's list of plugins.
type getter struct{ one handed }

func (g getter) Get(string, string) (plugin.Plugin, error)        { return g.one, nil }
func (g getter) GetAllManagedPluginsByCap(string) []plugin.Plugin { return []plugin.Plugin{g.one} }

// noSecrets has none.
type noSecrets struct{}

func (noSecrets) Get(string) (*api.Secret, error) { return nil, nil }

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(2)
	}
}

func main() {
	listener, err := net.Listen("unix", filepath.Join(os.Args[1], "demo.sock"))
	check(err)
	served := &driver{staging: make(chan bool), stage: make(chan bool)}
	server := grpc.NewServer()
	spec.RegisterIdentityServer(server, served)
	spec.RegisterNodeServer(server, served)
	go server.Serve(listener)

	volumes := csi.NewManager(getter{handed{at: listener.Addr()}}, noSecrets{})
	// As a node does when it describes itself: before that it does not know that the driver stages.
	_, err = volumes.Plugins().NodeInfo(context.Background())
	check(err)
	volumes.Add(api.VolumeAssignment{
		ID: "v", VolumeID: "v", Driver: &api.Driver{Name: "demo"}, AccessMode: &api.VolumeAccessMode{},
	})
	<-served.staging
	// As the task does that waits for the volume, again and again.
	go volumes.Get("v")
	time.Sleep(time.Second)
	// As an agent does with each set of assignments, here one in which no volume is.
	taken := make(chan bool, 1)
	go func() {
		volumes.Add()
		taken <- true
	}()
	areTaken := func() bool {
		select {
		case <-taken:
			return true
		case <-time.After(3 * time.Second):
			return false
		}
	}
	fmt.Println("NodeStageVolume runs; assignments without a volume are taken:", areTaken())
	served.stage <- true
	fmt.Println("NodeStageVolume has ended; assignments without a volume are taken:", areTaken())
}
PROGRAM
export GOFLAGS=-mod=mod
go mod init finding >/dev/null 2>&1 || exit 2
go get github.com/moby/swarmkit/v2@v2.1.1 >/dev/null 2>&1 || exit 2
go build -o finding . 2>build.log || { cat build.log >&2; exit 2; }
output=$(timeout 60 ./finding "$folder" 2>engine.log) || { cat engine.log >&2; exit 2; }
printf '%s\n' "$output"
expected='NodeStageVolume runs; assignments without a volume are taken: false
NodeStageVolume has ended; assignments without a volume are taken: true'
if [[ $output != "$expected" ]]; then
  echo "swarm-waiting-node: it behaves otherwise now" >&2
  exit 1
fi
