#!/usr/bin/env bash
# Builds real clients of what is made here from the Go module proxy into .tools/ (again when their go.mod changes):
#   docker-machine               GitLab's maintained fork, what GitLab Runner's users run
#   rancher-machine              Rancher's fork
#   docker-machine-driver-idle   a plugin that does nothing, as a measure for `make bench`
#   csi-sanity                   the official tests of CSI drivers
#   fleeting-host, fleeting-host-2024
#                                GitLab's host of fleeting plugins, of two versions of its module, driven by lines
#   fleeting-acceptance          GitLab's acceptance test of fleeting plugins
#   fleeting-installer           GitLab's installer of fleeting plugins, with a registry
#   fleeting-plugin-dummy        GitLab's plugin in Go that makes nothing, as a measure and for comparison
# Names as arguments choose some of them. Both machines are built without the drivers for clouds that are inside them
# (docs/dependencies.md says how, and why they are the real clients all the same).
# Without Go nothing is built; that is an error only where REQUIRE_REAL_CLIENT=1 (CI) says so.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
all=(docker-machine docker-machine-driver-idle rancher-machine csi-sanity
  fleeting-host fleeting-host-2024 fleeting-acceptance fleeting-installer
  fleeting-plugin-dummy)
if (($# == 0)); then set -- "${all[@]}"; fi
for tool in "$@"; do
  [[ " ${all[*]} " == *" $tool "* ]] || { echo "tools: there is no tool $tool; there are ${all[*]}" >&2; exit 2; }
done

if ! command -v go >/dev/null; then
  if [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then
    echo "tools: Go is not installed, and REQUIRE_REAL_CLIENT=1 wants the real docker-machine" >&2
    exit 1
  fi
  echo "tools: Go is not installed; no docker-machine is built (set DOCKER_MACHINE to use one you have)"
  exit 0
fi

# The compiler runs once for each package, and ends before there is much to collect.
export CGO_ENABLED=0 GOGC=${GOGC:-off} GOMEMLIMIT=${GOMEMLIMIT:-1GiB}
temporary=$(mktemp -d "${TMPDIR:-/tmp}/build-tools.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The version that a module's go.mod pins, replacements applied.
pinned() { (cd "$1" && go list -m -f '{{with .Replace}}{{.Version}}{{else}}{{.Version}}{{end}}' "$2"); }

# build OUTPUT MODULE-FOLDER PACKAGE [LDFLAGS [FLAG...]]
build() {
  local output=$1 module=test/interop/$2 package=$3 ldflags=${4:-} packages began=$SECONDS
  local go_command=(build)
  [[ $package != */acceptance ]] || go_command=(test -c)
  shift "$(($# < 4 ? $# : 4))"
  echo "tools: $output: modules ..."
  packages=$(cd "$module" && { go list -mod=readonly -deps "$@" "$package" 2>"$temporary/log" || {
    cat "$temporary/log" >&2
    exit 1
  }; } | wc -l)
  echo "tools: $output: modules in $((SECONDS - began)) s, compiling $packages packages ..."
  (cd "$module" && go "${go_command[@]}" -v -mod=readonly -trimpath -buildvcs=false "$@" \
    -ldflags "-s -w $ldflags" -o "$root/.tools/$output.new" "$package" 2>&1) | show_progress "$output" "$packages"
  mv ".tools/$output.new" ".tools/$output"
}

# Go names each package that it has compiled, and says what is wrong.
show_progress() { # show_progress OUTPUT PACKAGES
  local line count=0
  while IFS= read -r line; do
    if [[ $line == *[[:space:]:#]* ]]; then
      echo "$line" >&2
    elif (((count += 1) % 50 == 0)); then
      echo "tools: $1: $count of $2 packages"
    fi
  done
}

# build_machine OUTPUT MODULE PATH KEPT-DRIVERS [LDFLAGS]: the package main of MODULE/cmd/OUTPUT, without its drivers for
# clouds. Go replaces no file of a module from the proxy, so the package stands in a folder of ours that is on no disk.
build_machine() {
  local output=$1 module=$2 path=$3 kept=$4 ldflags=${5:-} source file replaced=''
  # What is wrong is in the answer, too.
  (cd "test/interop/$module" && go mod download -json "$path") >"$temporary/module.json" || {
    sed -n 's/^\t"Error": "\(.*\)",\{0,1\}$/tools: \1/p' "$temporary/module.json" >&2
    exit 1
  }
  source=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' "$temporary/module.json")
  for file in "$source/cmd/$output"/*.go; do
    [[ $file == *_test.go ]] || {
      awk -v keep="$kept" -f scripts/without-cloud-drivers.awk "$file" >"$temporary/${file##*/}"
      replaced+="${replaced:+,}\"$root/test/interop/$module/$output/${file##*/}\":\"$temporary/${file##*/}\""
    }
  done
  echo "{\"Replace\":{$replaced}}" >"$temporary/overlay.json"
  build "$output" "$module" "./$output" "$ldflags" -overlay "$temporary/overlay.json"
}

# needed OUTPUT FILE...: true when .tools/OUTPUT is missing or was made from other FILEs or by another Go.
needed() {
  local output=.tools/$1
  shift
  sum=$( (go version && cat "$@" scripts/build-tools.sh scripts/without-cloud-drivers.awk) | cksum)
  [[ ! -x $output || ! -f $output.stamp || $(<"$output.stamp") != "$sum" ]]
}

build_docker-machine() {
  needed docker-machine test/interop/docker-machine/go.{mod,sum} || return 0
  build_machine docker-machine docker-machine github.com/docker/machine 'none generic'
  echo "$sum" >.tools/docker-machine.stamp
}

build_docker-machine-driver-idle() {
  needed docker-machine-driver-idle test/interop/docker-machine/{go.mod,go.sum,idle-driver/main.go} || return 0
  build docker-machine-driver-idle docker-machine ./idle-driver
  echo "$sum" >.tools/docker-machine-driver-idle.stamp
}

build_rancher-machine() {
  needed rancher-machine test/interop/rancher-machine/go.{mod,sum} || return 0
  local version
  version=$(pinned test/interop/rancher-machine github.com/rancher/machine)
  # Rancher's version variable says "dev" unless the build sets it.
  build_machine rancher-machine rancher-machine github.com/rancher/machine 'none noop generic' \
    "-X github.com/rancher/machine/version.Version=$version"
  echo "$sum" >.tools/rancher-machine.stamp
}

build_csi-sanity() {
  needed csi-sanity test/interop/csi/go.{mod,sum} || return 0
  build csi-sanity csi github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity \
    "-X main.VERSION=$(pinned test/interop/csi github.com/kubernetes-csi/csi-test/v5)"
  echo "$sum" >.tools/csi-sanity.stamp
}

# The module of GitLab's newest host is in go.mod, that of 2024 in fleeting-2024.mod.
build_fleeting() { # build_fleeting OUTPUT PACKAGE [FLAG...]
  needed "$1" test/interop/fleeting/{*.mod,*.sum,*/*.go} || return 0
  build "$1" fleeting "$2" '' "${@:3}"
  echo "$sum" >".tools/$1.stamp"
}
build_fleeting-host() { build_fleeting fleeting-host ./host; }
build_fleeting-host-2024() { build_fleeting fleeting-host-2024 ./host -modfile=fleeting-2024.mod; }
build_fleeting-acceptance() { build_fleeting fleeting-acceptance ./acceptance; }
build_fleeting-installer() {
  needed fleeting-installer test/interop/fleeting-artifact/{go.mod,go.sum,main.go} || return 0
  build fleeting-installer fleeting-artifact .
  echo "$sum" >.tools/fleeting-installer.stamp
}
build_fleeting-plugin-dummy() {
  build_fleeting fleeting-plugin-dummy \
    gitlab.com/gitlab-org/fleeting/fleeting/plugin/fleeting-plugin-dummy/cmd/fleeting-plugin-dummy
}

# A second one waits for what the first one builds.
mkdir -p .tools
exec 9<.tools
! command -v flock >/dev/null || flock 9
for tool in "$@"; do "build_$tool"; done
for tool in "$@"; do
  [[ $tool == docker-machine-driver-idle || $tool == fleeting-* ]] || ".tools/$tool" --version
done
