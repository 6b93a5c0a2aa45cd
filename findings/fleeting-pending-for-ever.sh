#!/usr/bin/env bash
# GitLab's fleeting (v0.0.0-20260304132817-7f6dd45d4237): an instance that was asked for and is gone before the next update takes a
# place in the group until the runner is started again.
#
# Behaviour:  what Increase has counted is "pending" until an id that is new appears in an update. One that failed before an update
#             showed it never appears; pending has no time limit, and counts against the most instances.
# Output:     asked for 2, both counted, none seen: pending 2 of 2
#             40 updates later: pending 2 of 2
#             asked for 1 more, 40 updates later: Increase was called 1 time
# One expects that a group that shows no instance has room for new ones: instances that disappear later are forgotten after five updates.
# It hurts:   operators of plugins whose clouds accept a request and fail it later: the group shrinks with each such failure, with no
#             word in the log, until no job gets an instance.
# Here:       an instance that was counted is shown as creating at least once, also when its creation has failed: docs/fleeting.md.
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
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"gitlab.com/gitlab-org/fleeting/fleeting"
	"gitlab.com/gitlab-org/fleeting/fleeting/provider"
)

// group has a cloud that accepts every request, and whose instances fail at once.
type group struct{ increases, updates atomic.Int32 }

func (g *group) Init(context.Context, hclog.Logger, provider.Settings) (provider.ProviderInfo, error) {
	return provider.ProviderInfo{ID: "finding", MaxSize: 2}, nil
}

func (g *group) Increase(_ context.Context, n int) (int, error) {
	g.increases.Add(1)
	return n, nil
}

func (g *group) Update(context.Context, func(string, provider.State)) error {
	g.updates.Add(1)
	return nil
}

func (g *group) Decrease(context.Context, []string) ([]string, error) { return nil, nil }
func (g *group) ConnectInfo(context.Context, string) (provider.ConnectInfo, error) {
	return provider.ConnectInfo{}, nil
}
func (g *group) Heartbeat(context.Context, string) error { return nil }
func (g *group) Shutdown(context.Context) error          { return nil }

func main() {
	g := &group{}
	every := 10 * time.Millisecond
	provisioner, err := fleeting.Init(context.Background(), hclog.NewNullLogger(), g,
		fleeting.WithUpdateInterval(every), fleeting.WithUpdateIntervalWhenExpecting(every))
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	forty := func() {
		for until := g.updates.Load() + 40; g.updates.Load() < until; {
			time.Sleep(every)
		}
	}
	pending := func() string {
		c := provisioner.Capacity()
		return fmt.Sprintf("pending %d of %d", c.Pending, c.Max)
	}
	provisioner.Request(2)
	for g.increases.Load() == 0 || provisioner.Capacity().Pending == 0 {
		time.Sleep(every)
	}
	fmt.Printf("asked for 2, both counted, none seen: %s\n", pending())
	forty()
	fmt.Printf("40 updates later: %s\n", pending())
	provisioner.Request(1)
	forty()
	fmt.Printf("asked for 1 more, 40 updates later: Increase was called %d time\n", g.increases.Load())
}
PROGRAM
go mod init finding 2>/dev/null
go mod edit -require gitlab.com/gitlab-org/fleeting/fleeting@v0.0.0-20260304132817-7f6dd45d4237
CGO_ENABLED=0 go build -mod=mod -trimpath -o finding . 2>build.log || { cat build.log >&2; exit 2; }
seen=$("$folder/finding")
printf '%s\n' "$seen"
expected='asked for 2, both counted, none seen: pending 2 of 2
40 updates later: pending 2 of 2
asked for 1 more, 40 updates later: Increase was called 1 time'
if [[ $seen != "$expected" ]]; then
  echo "fleeting-pending-for-ever: it behaves otherwise now" >&2
  exit 1
fi
