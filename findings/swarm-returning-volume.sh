#!/usr/bin/env bash
# swarmkit v2.1.1 (engines 28.2 and later): a task that is given to a node while that node unpublishes the task's cluster volume never
# gets it.
#
# Behaviour:  the scheduler publishes a volume on a node only where the volume has no status of that node at all, whatever the status
#             says. One that is on its way out counts as published; when the node has unpublished it, the status is taken away, and no
#             other one is made. v2.0.0 is the same.
# Output:     volume on the node: PENDING_NODE_UNPUBLISH; a task with it: ASSIGNED to the node
#             node has unpublished; statuses of the volume: 0; the task: ASSIGNED to the node
# One expects the volume to be published again for the task, or the task to wait until it is unpublished.
# It hurts:   everybody with a service that has a cluster volume and comes back soon: `docker service scale x=0`, and `x=1` two seconds
#             later, and the task is "preparing" for ever, without an error.
# Here:       `docker service update --force` makes another task, which gets the volume: docs/csi.md.
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
	"time"

	"github.com/moby/swarmkit/v2/api"
	"github.com/moby/swarmkit/v2/manager/csi"
	"github.com/moby/swarmkit/v2/manager/scheduler"
	"github.com/moby/swarmkit/v2/manager/state/store"
	"github.com/moby/swarmkit/v2/node/plugin"
)

// handed is a driver as an engine hands it to swarmkit. Nothing is asked of it: it was never connected to.
type handed struct{ plugin.AddrPlugin }

func (h handed) Name() string   { return "demo" }
func (h handed) Addr() net.Addr { return &net.UnixAddr{Name: "/nowhere", Net: "unix"} }

// getter is the engine's list of plugins.
type getter struct{}

func (g getter) Get(string, string) (plugin.Plugin, error)        { return handed{}, nil }
func (g getter) GetAllManagedPluginsByCap(string) []plugin.Plugin { return []plugin.Plugin{handed{}} }

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(2)
	}
}

func main() {
	memory := store.NewMemoryStore(nil)
	leaving := &api.VolumePublishStatus{NodeID: "node", State: api.VolumePublishStatus_PENDING_NODE_UNPUBLISH}
	mount := api.Mount{Type: api.MountTypeCluster, Source: "v", Target: "/data"}
	container := &api.TaskSpec_Container{Container: &api.ContainerSpec{Mounts: []api.Mount{mount}}}
	check(memory.Update(func(tx store.Tx) error {
		node := &api.Node{
			ID:          "node",
			Status:      api.NodeStatus{State: api.NodeStatus_READY},
			Description: &api.NodeDescription{CSIInfo: []*api.NodeCSIInfo{{PluginName: "demo", NodeID: "node"}}},
		}
		if err := store.CreateNode(tx, node); err != nil {
			return err
		}
		volume := &api.Volume{
			ID:            "v",
			VolumeInfo:    &api.VolumeInfo{VolumeID: "v"},
			PublishStatus: []*api.VolumePublishStatus{leaving},
			Spec: api.VolumeSpec{
				Annotations: api.Annotations{Name: "v"},
				Driver:      &api.Driver{Name: "demo"},
				AccessMode:  &api.VolumeAccessMode{Scope: api.VolumeScopeSingleNode, Sharing: api.VolumeSharingNone},
			},
		}
		if err := store.CreateVolume(tx, volume); err != nil {
			return err
		}
		return store.CreateTask(tx, &api.Task{
			ID:           "task",
			DesiredState: api.TaskStateRunning,
			Status:       api.TaskStatus{State: api.TaskStatePending},
			Spec:         api.TaskSpec{Runtime: container},
		})
	}))
	scheduling := scheduler.New(memory)
	go scheduling.Run(context.Background())
	defer scheduling.Stop()
	publishing := csi.NewManager(memory, getter{})
	go publishing.Run(context.Background())
	defer publishing.Stop()

	read := func() (task *api.Task, volume *api.Volume) {
		memory.View(func(tx store.ReadTx) { task, volume = store.GetTask(tx, "task"), store.GetVolume(tx, "v") })
		return task, volume
	}
	// What they do about the volume they do in this time.
	time.Sleep(3 * time.Second)
	task, volume := read()
	fmt.Printf("volume on the node: %s; a task with it: %s to the %s\n", volume.PublishStatus[0].State, task.Status.State, task.NodeID)
	// As the dispatcher does when the node has reported.
	check(memory.Update(func(tx store.Tx) error {
		volume := store.GetVolume(tx, "v")
		volume.PublishStatus[0].State = api.VolumePublishStatus_PENDING_UNPUBLISH
		return store.UpdateVolume(tx, volume)
	}))
	time.Sleep(5 * time.Second)
	task, volume = read()
	fmt.Printf("node has unpublished; statuses of the volume: %d; the task: %s to the %s\n", len(volume.PublishStatus), task.Status.State, task.NodeID)
}
PROGRAM
export GOFLAGS=-mod=mod
go mod init finding >/dev/null 2>&1 || exit 2
go get github.com/moby/swarmkit/v2@v2.1.1 >/dev/null 2>&1 || exit 2
go build -o finding . 2>build.log || { cat build.log >&2; exit 2; }
output=$(timeout 60 ./finding 2>engine.log) || { cat engine.log >&2; exit 2; }
printf '%s\n' "$output"
expected='volume on the node: PENDING_NODE_UNPUBLISH; a task with it: ASSIGNED to the node
node has unpublished; statuses of the volume: 0; the task: ASSIGNED to the node'
if [[ $output != "$expected" ]]; then
  echo "swarm-returning-volume: it behaves otherwise now" >&2
  exit 1
fi
