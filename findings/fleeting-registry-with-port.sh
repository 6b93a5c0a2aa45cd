#!/usr/bin/env bash
# GitLab's fleeting-artifact (v0.0.0-20241018172108-3f6e6586dc5c, which gitlab-runner 19.4 is built with) installs no plugin from a
# registry with a port.
#
# Behaviour:  `gitlab-runner fleeting install` takes the repository's name for the folder of the plugin and checks it as a path of a
#             Go module, in which no ":" may be. The image is found first: its manifests are fetched, then the name is refused.
# Output:     installer: escaping plugin path: malformed module path "127.0.0.1:PORT/ci/nutanix": invalid char ':'
#             lookup: escaping plugin path: malformed module path "127.0.0.1:PORT/ci/nutanix": invalid char ':'
# One expects that what is a valid reference of an image can be installed, as its own tests of names ("registry.gitlab.com:8080/…")
#             suggest.
# It hurts:   who runs GitLab's own container registry on its default port for installations without a name of its own, 5050, or any
#             registry within a network: the plugin has to be installed by hand, or by a proxy at port 443.
# Here:       `fleeting-plugin-nutanix bootstrap` refuses such a repository with these words; a plugin on the PATH needs no registry.
#
# Wants Go. Exit code: 0 while it does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'PROGRAM'
package main

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/containerd/platforms"
	"gitlab.com/gitlab-org/fleeting/fleeting-artifact/pkg/client"
	"gitlab.com/gitlab-org/fleeting/fleeting-artifact/pkg/installer"
)

// layer is a plugin as GitLab's own releaser packs one.
func layer() (io.ReadCloser, error) {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	content := []byte("#!/bin/sh\n")
	if err := w.WriteHeader(&tar.Header{Name: "plugin/plugin", Mode: 0o755, Size: int64(len(content))}); err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	return io.NopCloser(&packed), w.Close()
}

func main() {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	plugin := strings.TrimPrefix(server.URL, "http://") + "/ci/nutanix:1.0.0"
	c, err := client.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	own := platforms.DefaultSpec()
	artifact := client.Artifact{ReaderFn: layer, Platform: v1.Platform{OS: own.OS, Architecture: own.Architecture}}
	if _, err := c.Push(context.Background(), plugin, []client.Artifact{artifact}); err != nil {
		fmt.Fprintln(os.Stderr, "push:", err)
		os.Exit(2)
	}
	fmt.Println("installer:", installer.Install(context.Background(), plugin))
	_, err = installer.LookPath(plugin, "")
	fmt.Println("lookup:", err)
}
PROGRAM
go mod init finding 2>/dev/null
go mod edit -require gitlab.com/gitlab-org/fleeting/fleeting-artifact@v0.0.0-20241018172108-3f6e6586dc5c
CGO_ENABLED=0 go build -mod=mod -trimpath -o finding . 2>build.log || { cat build.log >&2; exit 2; }
seen=$(FLEETING_PLUGIN_PATH=$folder "$folder/finding" | sed 's/127\.0\.0\.1:[0-9]*/127.0.0.1:PORT/')
printf '%s\n' "$seen"
refusal='escaping plugin path: malformed module path "127.0.0.1:PORT/ci/nutanix": invalid char '"':'"
expected="installer: $refusal
lookup: $refusal"
if [[ $seen != "$expected" ]]; then
  echo "fleeting-registry-with-port: it behaves otherwise now" >&2
  exit 1
fi
