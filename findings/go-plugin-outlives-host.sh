#!/usr/bin/env bash
# HashiCorp's go-plugin 1.7.0, as GitLab's fleeting (v0.0.0-20260304132817-7f6dd45d4237) uses it: a plugin goes on for ever after its host
# was killed.
#
# Behaviour:  a host that ends in order tells its plugin to end. After SIGKILL, or when it is out of memory, nothing does: the plugin
#             written with the module's own server notices neither the end of its connection nor that of its parent.
# Output:     the host is killed; 10 s later the plugin is there, its parent is gone
# One expects that a server with one client, whose socket that client alone knows, ends with it.
# It hurts:   operators: each such end of a runner leaves a process that holds credentials of a cloud in memory, and that may go on
#             making and removing instances beside the plugin of the runner's next start.
# Here:       our plugin ends in order when its host is gone: test/e2e/fleeting/faults.test.ts.
#
# Wants Go and Linux. Exit code: 0 while it does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
[[ -d /proc/self ]] || exit 2
folder=$(mktemp -d)
plugin=''
stop() {
  [[ -z $plugin ]] || kill -KILL "$plugin" 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
cat >main.go <<'PROGRAM'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	"gitlab.com/gitlab-org/fleeting/fleeting"
	"gitlab.com/gitlab-org/fleeting/fleeting/plugin"
	dummy "gitlab.com/gitlab-org/fleeting/fleeting/plugin/fleeting-plugin-dummy"
)

func main() {
	if os.Getenv("FLEETING_INSTANCE_GROUP_PLUGIN") != "" {
		os.WriteFile("plugin.pid", fmt.Append(nil, os.Getpid()), 0o600)
		plugin.Serve(&dummy.InstanceGroup{})
		return
	}
	if _, err := fleeting.RunPlugin(os.Args[0], []byte("{}"), fleeting.WithPluginLogger(hclog.NewNullLogger())); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	os.WriteFile("started", nil, 0o600)
	time.Sleep(time.Minute)
}
PROGRAM
go mod init finding 2>/dev/null
go mod edit -require gitlab.com/gitlab-org/fleeting/fleeting@v0.0.0-20260304132817-7f6dd45d4237
CGO_ENABLED=0 go build -mod=mod -trimpath -o finding . 2>build.log || { cat build.log >&2; exit 2; }
"$folder/finding" &
host=$!
until [[ -e started ]]; do kill -0 "$host" || exit 2; sleep 0.1; done
plugin=$(<plugin.pid)
kill -KILL "$host"
wait "$host" 2>/dev/null || true
sleep 10
left='the plugin has ended'
if kill -0 "$plugin" 2>/dev/null; then
  left='the plugin is there'
  [[ $(awk '/^PPid/ { print $2 }' "/proc/$plugin/status") == "$host" ]] || left+=', its parent is gone'
fi
seen="the host is killed; 10 s later $left"
printf '%s\n' "$seen"
if [[ $seen != 'the host is killed; 10 s later the plugin is there, its parent is gone' ]]; then
  echo "go-plugin-outlives-host: it behaves otherwise now" >&2
  exit 1
fi
