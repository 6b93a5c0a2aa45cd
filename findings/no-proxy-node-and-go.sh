#!/usr/bin/env bash
# proxy-from-env 2.1.0 (npm) and golang.org/x/net/http/httpproxy v0.38.0 take different proxies for one environment.
#
# Behaviour:  proxy-from-env, which axios 1.x asks, knows no networks in NO_PROXY, takes `corp.test` for that one
#             name, sends even loopback through the proxy, and reads a proxy without a scheme as https for https
#             URLs. Go knows networks, takes `corp.test` for all names below it too, never sends loopback through a
#             proxy, reads such a proxy as http, and does not know ALL_PROXY.
# Output:     see `expected` below: one environment and URL a line, and what either takes.
# One expects that variables which are set once for a computer mean the same to all programs on it.
# It hurts:   operators behind a proxy: of docker-machine (Go) and a plugin or tool in Node, one reaches Prism
#             Central directly and the other asks a proxy that does not let it pass.
# Here:       NO_PROXY is read as Go reads it: test/prism/http/proxy/choose.test.ts, "as Go: $what".
#
# Wants Node, npm and Go. Exit code: 0 while they differ so, 1 when not, 2 when it could not be tried.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --prefix . --loglevel=error --no-audit --no-fund proxy-from-env@2.1.0 >/dev/null || exit 2
cat >main.go <<'PROGRAM'
package main

import (
	"fmt"
	"net/url"
	"os"

	"golang.org/x/net/http/httpproxy"
)

func main() {
	target, err := url.Parse(os.Args[1])
	if err != nil {
		panic(err)
	}
	proxy, err := httpproxy.FromEnvironment().ProxyFunc()(target)
	if err != nil {
		panic(err)
	}
	if proxy != nil {
		fmt.Print(proxy)
	}
}
PROGRAM
go mod init finding 2>/dev/null
go mod edit -require golang.org/x/net@v0.38.0
CGO_ENABLED=0 go build -mod=mod -trimpath -o go-proxy . 2>build.log || { cat build.log >&2; exit 2; }

# ENVIRONMENT... URL | what Node takes | what Go takes
expected="HTTPS_PROXY=http://p:3128 NO_PROXY=10.0.0.0/8 https://10.1.2.3:9440 | http://p:3128 | direct
HTTPS_PROXY=http://p:3128 NO_PROXY=fd00::/8 https://[fd00::7]:9440 | http://p:3128 | direct
HTTPS_PROXY=http://p:3128 NO_PROXY=corp.test https://pc.corp.test:9440 | http://p:3128 | direct
HTTPS_PROXY=http://p:3128 NO_PROXY=x.test https://127.0.0.1:9440 | http://p:3128 | direct
HTTPS_PROXY=p:3128 NO_PROXY=x.test https://pc.corp.test:9440 | https://p:3128 | http://p:3128
ALL_PROXY=http://p:3128 NO_PROXY=x.test https://pc.corp.test:9440 | http://p:3128 | direct"
seen=$(while read -r first second url _; do
  asked=(env -u HTTPS_PROXY -u https_proxy -u ALL_PROXY -u all_proxy -u NO_PROXY -u no_proxy "$first" "$second")
  node=$("${asked[@]}" node -p "require('proxy-from-env').getProxyForUrl('$url')")
  echo "$first $second $url | ${node:-direct} | $("${asked[@]}" ./go-proxy "$url" | grep . || echo direct)"
done <<<"$expected")
echo "$seen"
if [[ $seen != "$expected" ]]; then
  printf 'no-proxy-node-and-go: they behave otherwise now; it was:\n%s\n' "$expected" >&2
  exit 1
fi
