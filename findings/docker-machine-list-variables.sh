#!/usr/bin/env bash
# docker-machine v0.16.2-gitlab.30 (GitLab's fork): the variable of a list option counts only beside the option.
#
# Behaviour:  `create --help` names a variable for options that may be given several times. When only the variable
#             is set, it is ignored without a word and the default is used. When the option is given too, the
#             values of both are taken. Variables of other options give a default that the command line replaces.
# Output:     variable alone:       docker-machine
#             variable and option:  web db
# One expects [web], the variable's value, in the first case and [db], the option's, in the second.
# It hurts:   operators who keep the settings of their hosts in the environment, as CI does: VMs get the wrong
#             networks, or security groups here, and with an option in addition too many of them.
# Here:       the client is told of no variable for lists, the driver reads it and the option wins:
#             test/settings/options/flag-values.test.ts, "a list that is only in the environment is read here: clients send
#             it empty" and "what the client sends wins over the environment".
#
# Wants Go; the build takes minutes the first time. The built-in driver exoscale is the one used here, because it saves
# its settings before it asks its cloud, which is a port of loopback where nothing listens.
# Exit code: 0 while docker-machine does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
go mod init finding 2>/dev/null
# The second replacement is that of the fork's own go.mod, which counts only in the main module.
go mod edit -require github.com/docker/machine@v0.16.2 \
  -replace github.com/docker/machine=gitlab.com/gitlab-org/ci-cd/docker-machine@v0.16.2-gitlab.30 \
  -replace github.com/dgrijalva/jwt-go=github.com/golang-jwt/jwt/v4@v4.5.1
CGO_ENABLED=0 go build -mod=mod -trimpath -buildvcs=false -ldflags '-s -w' \
  -o docker-machine github.com/docker/machine/cmd/docker-machine 2>build.log || { cat build.log >&2; exit 2; }

# groups MACHINE OPTION...: the security groups that are saved for a new machine while the variable says "web".
groups() {
  EXOSCALE_SECURITY_GROUP=web ./docker-machine -s "$folder/store" --bugsnag-api-token no-report create -d exoscale \
    --exoscale-url http://127.0.0.1:1 --exoscale-api-key key --exoscale-api-secret-key secret "${@:2}" "$1" \
    >/dev/null 2>&1 || true # it fails at its cloud, as it has to
  tr -d ' \n' <"store/machines/$1/config.json" | sed 's/.*"SecurityGroups":\[\([^]]*\)\].*/\1/'
}
./docker-machine create -d exoscale --help | grep -o "exoscale security group \[.EXOSCALE_SECURITY_GROUP\]"
alone=$(groups host-1)
both=$(groups host-2 --exoscale-security-group db)
echo "variable alone: $alone; variable and option: $both"
if [[ $alone/$both != '"docker-machine"/"web","db"' ]]; then
  echo "docker-machine-list-variables: it behaves otherwise now" >&2
  exit 1
fi
