#!/usr/bin/env bash
# swarmkit v2.1.1 (engines 28.2 and later): a manager that was started again, or has become the leader, publishes and unpublishes
# cluster volumes without asking the CSI driver, and takes them for published and unpublished.
#
# Behaviour:  `PublishVolume` and `UnpublishVolume` of its plugin look whether the driver has PUBLISH_UNPUBLISH_VOLUME before they connect
#             to it, and what the driver has is only known afterwards: until the first CreateVolume or DeleteVolume they succeed without
#             a call. v2.0.0 is the same.
# Output:     publish and unpublish: success, calls of the driver: none
#             after a volume was removed: publish and unpublish: success, calls of the driver: ControllerPublishVolume ControllerUnpublishVolume
# One expects that a volume which Swarm shows as published was published by the driver, whichever manager leads.
# It hurts:   everybody whose CSI driver attaches in ControllerPublishVolume: after a restart or an upgrade of the manager's engine no
#             service moves with its volume any more. The old node keeps the disk, and the new task is "preparing" for ever.
# Here:       under Swarm each node attaches and detaches (`--role swarm`): docs/csi.md, test/e2e/container/managed-plugins.test.ts.
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
	"strings"

	spec "github.com/container-storage-interface/spec/lib/go/csi"
	"github.com/moby/swarmkit/v2/api"
	"github.com/moby/swarmkit/v2/manager/csi"
	"github.com/moby/swarmkit/v2/node/plugin"
	"google.golang.org/grpc"
)

// driver notes which calls change something.
type driver struct {
	spec.UnimplementedIdentityServer
	spec.UnimplementedControllerServer
	calls []string
}

func (d *driver) Probe(context.Context, *spec.ProbeRequest) (*spec.ProbeResponse, error) {
	return &spec.ProbeResponse{}, nil
}

func (d *driver) GetPluginCapabilities(context.Context, *spec.GetPluginCapabilitiesRequest) (*spec.GetPluginCapabilitiesResponse, error) {
	service := &spec.PluginCapability_Service{Type: spec.PluginCapability_Service_CONTROLLER_SERVICE}
	capability := &spec.PluginCapability{Type: &spec.PluginCapability_Service_{Service: service}}
	return &spec.GetPluginCapabilitiesResponse{Capabilities: []*spec.PluginCapability{capability}}, nil
}

func (d *driver) ControllerGetCapabilities(context.Context, *spec.ControllerGetCapabilitiesRequest) (*spec.ControllerGetCapabilitiesResponse, error) {
	rpc := &spec.ControllerServiceCapability_RPC{Type: spec.ControllerServiceCapability_RPC_PUBLISH_UNPUBLISH_VOLUME}
	capability := &spec.ControllerServiceCapability{Type: &spec.ControllerServiceCapability_Rpc{Rpc: rpc}}
	return &spec.ControllerGetCapabilitiesResponse{Capabilities: []*spec.ControllerServiceCapability{capability}}, nil
}

func (d *driver) ControllerPublishVolume(context.Context, *spec.ControllerPublishVolumeRequest) (*spec.ControllerPublishVolumeResponse, error) {
	d.calls = append(d.calls, "ControllerPublishVolume")
	return &spec.ControllerPublishVolumeResponse{}, nil
}

func (d *driver) ControllerUnpublishVolume(context.Context, *spec.ControllerUnpublishVolumeRequest) (*spec.ControllerUnpublishVolumeResponse, error) {
	d.calls = append(d.calls, "ControllerUnpublishVolume")
	return &spec.ControllerUnpublishVolumeResponse{}, nil
}

func (d *driver) DeleteVolume(context.Context, *spec.DeleteVolumeRequest) (*spec.DeleteVolumeResponse, error) {
	return &spec.DeleteVolumeResponse{}, nil
}

// handed is the driver as an engine hands it to swarmkit.
type handed struct {
	plugin.AddrPlugin
	at net.Addr
}

func (h handed) Name() string   { return "demo" }
func (h handed) Addr() net.Addr { return h.at }

// noSecrets has none.
type noSecrets struct{}

func (noSecrets) GetSecret(string) *api.Secret { return nil }

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(2)
	}
}

func main() {
	listener, err := net.Listen("unix", filepath.Join(os.Args[1], "demo.sock"))
	check(err)
	served := &driver{}
	server := grpc.NewServer()
	spec.RegisterIdentityServer(server, served)
	spec.RegisterControllerServer(server, served)
	go server.Serve(listener)

	ctx := context.Background()
	volume := &api.Volume{
		ID:         "v",
		Spec:       api.VolumeSpec{AccessMode: &api.VolumeAccessMode{}},
		VolumeInfo: &api.VolumeInfo{VolumeID: "v"},
	}
	manager := csi.NewPlugin(handed{at: listener.Addr()}, noSecrets{})
	manager.AddNode("swarm-node", "csi-node")
	publishAndUnpublish := func() string {
		served.calls = []string{"none"}
		_, err := manager.PublishVolume(ctx, volume, "swarm-node")
		check(err)
		check(manager.UnpublishVolume(ctx, volume, "swarm-node"))
		if len(served.calls) > 1 {
			served.calls = served.calls[1:]
		}
		return "publish and unpublish: success, calls of the driver: " + strings.Join(served.calls, " ")
	}
	fmt.Println(publishAndUnpublish())
	check(manager.DeleteVolume(ctx, volume))
	fmt.Println("after a volume was removed: " + publishAndUnpublish())
}
PROGRAM
export GOFLAGS=-mod=mod
go mod init finding >/dev/null 2>&1 || exit 2
go get github.com/moby/swarmkit/v2@v2.1.1 >/dev/null 2>&1 || exit 2
go build -o finding . 2>build.log || { cat build.log >&2; exit 2; }
output=$(timeout 60 ./finding "$folder" 2>engine.log) || { cat engine.log >&2; exit 2; }
printf '%s\n' "$output"
expected='publish and unpublish: success, calls of the driver: none
after a volume was removed: publish and unpublish: success, calls of the driver: ControllerPublishVolume ControllerUnpublishVolume'
if [[ $output != "$expected" ]]; then
  echo "swarm-unasked-controller: it behaves otherwise now" >&2
  exit 1
fi
