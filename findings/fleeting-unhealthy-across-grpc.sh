#!/usr/bin/env bash
# GitLab's fleeting (v0.0.0-20260304132817-7f6dd45d4237): provider.ErrInstanceUnhealthy, which a plugin may return from Heartbeat, is no
# ErrInstanceUnhealthy any more at the host of the plugin.
#
# Behaviour:  an error goes through gRPC as a status of code Unknown with its text; the client gives that status on. errors.Is finds the
#             sentinel in one process and never across it, and an instance that is broken looks like a cloud that was not reached.
# Output:     in one process: unhealthy true, unreachable false
#             at the host of a plugin: unhealthy false (Unknown), unreachable false (Unknown)
# One expects that the one error that the module declares for a heartbeat can be told from others where heartbeats are read.
# It hurts:   hosts that want to remove what is broken and keep what could not be asked: an outage of the cloud's interface counts as
#             that many broken instances.
# Here:       a Heartbeat that cannot ask answers that the instance is well: docs/fleeting.md.
#
# Wants Go. Exit code: 0 while it does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'PROGRAM'
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/go-hclog"
	"gitlab.com/gitlab-org/fleeting/fleeting"
	"gitlab.com/gitlab-org/fleeting/fleeting/plugin"
	"gitlab.com/gitlab-org/fleeting/fleeting/provider"
	"google.golang.org/grpc/status"
)

type group struct{}

func (group) Init(context.Context, hclog.Logger, provider.Settings) (provider.ProviderInfo, error) {
	return provider.ProviderInfo{ID: "finding", MaxSize: 1}, nil
}

func (group) Heartbeat(_ context.Context, instance string) error {
	if instance == "broken" {
		return fmt.Errorf("the instance is off: %w", provider.ErrInstanceUnhealthy)
	}
	return errors.New("the cloud was not reached")
}

func (group) Update(context.Context, func(string, provider.State)) error  { return nil }
func (group) Increase(context.Context, int) (int, error)                  { return 0, nil }
func (group) Decrease(context.Context, []string) ([]string, error)        { return nil, nil }
func (group) Shutdown(context.Context) error                              { return nil }
func (group) ConnectInfo(context.Context, string) (provider.ConnectInfo, error) {
	return provider.ConnectInfo{}, nil
}

func main() {
	if os.Getenv("FLEETING_INSTANCE_GROUP_PLUGIN") != "" {
		plugin.Serve(group{})
		return
	}
	is := func(err error) bool { return errors.Is(err, provider.ErrInstanceUnhealthy) }
	ctx := context.Background()
	fmt.Printf("in one process: unhealthy %t, unreachable %t\n", is(group{}.Heartbeat(ctx, "broken")), is(group{}.Heartbeat(ctx, "away")))
	runner, err := fleeting.RunPlugin(os.Args[0], []byte("{}"), fleeting.WithPluginLogger(hclog.NewNullLogger()))
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	defer runner.Kill()
	broken, away := runner.InstanceGroup().Heartbeat(ctx, "broken"), runner.InstanceGroup().Heartbeat(ctx, "away")
	fmt.Printf("at the host of a plugin: unhealthy %t (%s), unreachable %t (%s)\n",
		is(broken), status.Code(broken), is(away), status.Code(away))
}
PROGRAM
go mod init finding 2>/dev/null
go mod edit -require gitlab.com/gitlab-org/fleeting/fleeting@v0.0.0-20260304132817-7f6dd45d4237
CGO_ENABLED=0 go build -mod=mod -trimpath -o finding . 2>build.log || { cat build.log >&2; exit 2; }
seen=$("$folder/finding")
printf '%s\n' "$seen"
expected='in one process: unhealthy true, unreachable false
at the host of a plugin: unhealthy false (Unknown), unreachable false (Unknown)'
if [[ $seen != "$expected" ]]; then
  echo "fleeting-unhealthy-across-grpc: it behaves otherwise now" >&2
  exit 1
fi
