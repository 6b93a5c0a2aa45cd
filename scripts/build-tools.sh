#!/usr/bin/env bash
# Builds real clients of what is made here from the Go module proxy into .tools/ (rebuilt when their go.mod changes):
#   docker-machine               GitLab's maintained fork, what GitLab Runner's users run
#   rancher-machine              Rancher's fork
#   docker-machine-driver-idle   a plugin that does nothing, as a measure for `make bench`
#   csi-sanity                   the official tests of CSI drivers
# Without Go nothing is built; that is an error only where REQUIRE_REAL_CLIENT=1 (CI) says so.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

if ! command -v go >/dev/null; then
  if [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then
    echo "tools: Go is not installed, and REQUIRE_REAL_CLIENT=1 wants the real docker-machine" >&2
    exit 1
  fi
  echo "tools: Go is not installed; no docker-machine is built (set DOCKER_MACHINE to use one you have)"
  exit 0
fi

# The version that a module's go.mod pins, replacements applied.
pinned() { (cd "$1" && go list -m -f '{{with .Replace}}{{.Version}}{{else}}{{.Version}}{{end}}' "$2"); }

# build OUTPUT MODULE-FOLDER PACKAGE [LDFLAGS]
build() {
  local output=$1 module=test/interop/$2 package=$3 ldflags=${4:-}
  echo "tools: building $output ..."
  (cd "$module" && CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false \
    -ldflags "-s -w $ldflags" -o "$root/.tools/$output" "$package")
}

# needed OUTPUT FILE...: true when .tools/OUTPUT is missing or was made from other FILEs or by another Go.
needed() {
  local output=.tools/$1
  shift
  sum=$( (go version && cat "$@" scripts/build-tools.sh) | cksum)
  [[ ! -x $output || ! -f $output.stamp || $(<"$output.stamp") != "$sum" ]]
}

mkdir -p .tools
if needed docker-machine test/interop/docker-machine/go.{mod,sum}; then
  build docker-machine docker-machine github.com/docker/machine/cmd/docker-machine
  echo "$sum" >.tools/docker-machine.stamp
fi
if needed docker-machine-driver-idle test/interop/docker-machine/{go.mod,go.sum,idle-driver/main.go}; then
  build docker-machine-driver-idle docker-machine ./idle-driver
  echo "$sum" >.tools/docker-machine-driver-idle.stamp
fi
if needed rancher-machine test/interop/rancher-machine/go.{mod,sum}; then
  # Rancher's version variable says "dev" unless the build sets it.
  version=$(pinned test/interop/rancher-machine github.com/rancher/machine)
  build rancher-machine rancher-machine github.com/rancher/machine/cmd/rancher-machine \
    "-X github.com/rancher/machine/version.Version=$version"
  echo "$sum" >.tools/rancher-machine.stamp
fi
if needed csi-sanity test/interop/csi/go.{mod,sum}; then
  build csi-sanity csi github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity \
    "-X main.VERSION=$(pinned test/interop/csi github.com/kubernetes-csi/csi-test/v5)"
  echo "$sum" >.tools/csi-sanity.stamp
fi

.tools/docker-machine --version
.tools/rancher-machine --version
.tools/csi-sanity --version
