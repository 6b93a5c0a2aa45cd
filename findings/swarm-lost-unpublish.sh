#!/usr/bin/env bash
# swarmkit v2.1.1 (engines 28.2 and later): what the scheduler or a node says of a cluster volume while its CSI driver publishes it is
# lost.
#
# Behaviour:  the manager reads a volume, calls ControllerPublishVolume, and writes the whole list of publish statuses back as it had read
#             it. A status that was set meanwhile, here by the node that has just unpublished the volume, is as before again.
# Output:     while ControllerPublishVolume ran: node old PENDING_NODE_UNPUBLISH -> PENDING_UNPUBLISH
#             afterwards: node new PUBLISHED, node old PENDING_NODE_UNPUBLISH, ControllerUnpublishVolume calls: 0
# One expects ControllerUnpublishVolume for node old.
# It hurts:   users of every CSI driver whose ControllerPublishVolume takes time, and waits for the other node to let go: now and then a
#             service that moves is "preparing" for ever, and the old node cannot have the volume again.
# Here:       the CSI driver has no such calls under Swarm (`--role swarm`): docs/csi.md, test/e2e/container/managed-plugins.test.ts.
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
	"github.com/moby/swarmkit/v2/api"
	"github.com/moby/swarmkit/v2/manager/csi"
	"github.com/moby/swarmkit/v2/manager/state/store"
	"github.com/moby/swarmkit/v2/node/plugin"
	"google.golang.org/grpc"
)

// driver publishes when it is told to.
type driver struct {
	spec.UnimplementedIdentityServer
	spec.UnimplementedControllerServer
	publishing, publish chan bool
	unpublished         int
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
	d.publishing <- true
	<-d.publish
	return &spec.ControllerPublishVolumeResponse{}, nil
}

func (d *driver) ControllerUnpublishVolume(context.Context, *spec.ControllerUnpublishVolumeRequest) (*spec.ControllerUnpublishVolumeResponse, error) {
	d.unpublished++
	return &spec.ControllerUnpublishVolumeResponse{}, nil
}

func (d *driver) CreateVolume(context.Context, *spec.CreateVolumeRequest) (*spec.CreateVolumeResponse, error) {
	return &spec.CreateVolumeResponse{Volume: &spec.Volume{VolumeId: "v"}}, nil
}

// handed is the driver as an engine hands it to swarmkit.
type handed struct {
	plugin.AddrPlugin
	at net.Addr
}

func (h handed) Name() string   { return "demo" }
func (h handed) Addr() net.Addr { return h.at }

// getter is the engine's list of plugins.
type getter struct{ one handed }

func (g getter) Get(string, string) (plugin.Plugin, error)               { return g.one, nil }
func (g getter) GetAllManagedPluginsByCap(string) []plugin.Plugin        { return []plugin.Plugin{g.one} }

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(2)
	}
}

func main() {
	listener, err := net.Listen("unix", filepath.Join(os.Args[1], "demo.sock"))
	check(err)
	served := &driver{publishing: make(chan bool), publish: make(chan bool)}
	server := grpc.NewServer()
	spec.RegisterIdentityServer(server, served)
	spec.RegisterControllerServer(server, served)
	go server.Serve(listener)

	memory := store.NewMemoryStore(nil)
	manager := csi.NewManager(memory, getter{handed{at: listener.Addr()}})
	check(memory.Update(func(tx store.Tx) error {
		for _, id := range []string{"old", "new"} {
			info := []*api.NodeCSIInfo{{PluginName: "demo", NodeID: id}}
			if err := store.CreateNode(tx, &api.Node{ID: id, Description: &api.NodeDescription{CSIInfo: info}}); err != nil {
				return err
			}
		}
		return store.CreateVolume(tx, &api.Volume{ID: "v", Spec: api.VolumeSpec{
			Annotations: api.Annotations{Name: "v"},
			Driver:      &api.Driver{Name: "demo"},
			AccessMode:  &api.VolumeAccessMode{},
		}})
	}))
	go manager.Run(context.Background())
	defer manager.Stop()

	change := func(set func(*api.Volume)) {
		check(memory.Update(func(tx store.Tx) error {
			volume := store.GetVolume(tx, "v")
			set(volume)
			return store.UpdateVolume(tx, volume)
		}))
	}
	read := func() (volume *api.Volume) {
		memory.View(func(tx store.ReadTx) { volume = store.GetVolume(tx, "v") })
		return volume
	}
	for read().VolumeInfo == nil {
		time.Sleep(10 * time.Millisecond)
	}
	// As the scheduler leaves it when a service moves from one node to the other.
	change(func(volume *api.Volume) {
		volume.PublishStatus = []*api.VolumePublishStatus{
			{NodeID: "new", State: api.VolumePublishStatus_PENDING_PUBLISH},
			{NodeID: "old", State: api.VolumePublishStatus_PENDING_NODE_UNPUBLISH},
		}
	})
	<-served.publishing
	// As the dispatcher does when the node has reported.
	before := read().PublishStatus[1].State
	change(func(volume *api.Volume) { volume.PublishStatus[1].State = api.VolumePublishStatus_PENDING_UNPUBLISH })
	fmt.Printf("while ControllerPublishVolume ran: node old %s -> %s\n", before, read().PublishStatus[1].State)
	served.publish <- true
	for read().PublishStatus[0].State != api.VolumePublishStatus_PUBLISHED {
		time.Sleep(10 * time.Millisecond)
	}
	// Whatever it does about the other status it does in this time.
	time.Sleep(3 * time.Second)
	fmt.Print("afterwards: ")
	for _, status := range read().PublishStatus {
		fmt.Printf("node %s %s, ", status.NodeID, status.State)
	}
	fmt.Println("ControllerUnpublishVolume calls:", served.unpublished)
}
PROGRAM
export GOFLAGS=-mod=mod
go mod init finding >/dev/null 2>&1 || exit 2
go get github.com/moby/swarmkit/v2@v2.1.1 >/dev/null 2>&1 || exit 2
go build -o finding . 2>build.log || { cat build.log >&2; exit 2; }
output=$(timeout 60 ./finding "$folder" 2>engine.log) || { cat engine.log >&2; exit 2; }
printf '%s\n' "$output"
expected='while ControllerPublishVolume ran: node old PENDING_NODE_UNPUBLISH -> PENDING_UNPUBLISH
afterwards: node new PUBLISHED, node old PENDING_NODE_UNPUBLISH, ControllerUnpublishVolume calls: 0'
if [[ $output != "$expected" ]]; then
  echo "swarm-lost-unpublish: it behaves otherwise now" >&2
  exit 1
fi
