#!/usr/bin/env bash
# encoding/gob of Go 1.26.8: a value that is read when it is wanted is an error when it is only skipped.
#
# Behaviour:  a gob stream tells the types of what is in an interface before the first value of each. A receiver whose
#             struct has the field reads it. A receiver whose struct lacks the field has to skip it, which gob promises
#             ("fields may be missing on either side"), and fails when a type is told within the skipped value.
# Output:     with the field:    [{1 2}] 7 ok
#             without the field: 0 gob: bad data: field numbers out of bounds
# One expects "7 ok" in the second line.
# It hurts:   drivers for docker-machine's plugin protocol: an older client that does not know a field of a reply loses
#             the connection's stream, and the error names neither the field nor the type.
# Here:       src/gob reads past such values: test/golden/gob (skip/new-types-in-interfaces), test/gob/golden.test.ts.
#
# Wants Go; the toolchain 1.26.8 is fetched where another one is installed.
# Exit code: 0 while gob does this, 1 when not, 2 when it could not be tried.
set -euo pipefail
command -v go >/dev/null || exit 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOTOOLCHAIN=go1.26.8
cat >main.go <<'GO'
package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
)

type Point struct{ X, Y int }

type Sent struct {
	Things any
	Last   int
}

type WithoutThings struct{ Last int }

func main() {
	gob.Register(Point{})
	gob.Register([]any{})
	var stream bytes.Buffer
	if err := gob.NewEncoder(&stream).Encode(Sent{[]any{Point{1, 2}}, 7}); err != nil {
		panic(err)
	}
	var whole Sent
	err := gob.NewDecoder(bytes.NewReader(stream.Bytes())).Decode(&whole)
	fmt.Println("with the field:   ", whole.Things, whole.Last, text(err))
	var part WithoutThings
	err = gob.NewDecoder(bytes.NewReader(stream.Bytes())).Decode(&part)
	fmt.Println("without the field:", part.Last, text(err))
}

func text(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}
GO
go mod init finding >/dev/null 2>&1
go run . >seen.txt 2>&1 || { cat seen.txt >&2; exit 2; }
go version
cat seen.txt
if [[ $(<seen.txt) != 'with the field:    [{1 2}] 7 ok
without the field: 0 gob: bad data: field numbers out of bounds' ]]; then
  echo "gob-skipped-interface: it behaves otherwise now" >&2
  exit 1
fi
