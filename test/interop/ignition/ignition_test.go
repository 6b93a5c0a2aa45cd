// Package ignition reads what the driver makes of Ignition configs with Ignition's own parsers: the one that
// Fedora CoreOS and current Flatcar have (specification 3), and the one that older Flatcar has (2).
package ignition

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v2 "github.com/coreos/ignition/config/v2_4"
	v3 "github.com/coreos/ignition/v2/config/v3_5"
	"github.com/vincent-petithory/dataurl"
)

const (
	golden  = "../../golden/ignition"
	ourKey  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfTheMachine web-1"
	sudoers = "/etc/sudoers.d/docker-machine"
)

// guest is what both generations say of the parts that the driver adds to.
type guest struct {
	keys  map[string][]string
	files map[string]file
}

type file struct {
	source string
	mode   int
}

func read(raw []byte) (guest, error) {
	var about struct{ Ignition struct{ Version string } }
	if err := json.Unmarshal(raw, &about); err != nil {
		return guest{}, err
	}
	if strings.HasPrefix(about.Ignition.Version, "2.") {
		return read2(raw)
	}
	return read3(raw)
}

func read3(raw []byte) (guest, error) {
	config, report, err := v3.ParseCompatibleVersion(raw)
	if err != nil || len(report.Entries) > 0 {
		return guest{}, fmt.Errorf("%w: %s", err, report.String())
	}
	found := guest{map[string][]string{}, map[string]file{}}
	for _, user := range config.Passwd.Users {
		for _, key := range user.SSHAuthorizedKeys {
			found.keys[user.Name] = append(found.keys[user.Name], string(key))
		}
	}
	for _, one := range config.Storage.Files {
		mode := 0
		if one.Mode != nil {
			mode = *one.Mode
		}
		found.files[one.Path] = file{*one.Contents.Source, mode}
	}
	return found, nil
}

func read2(raw []byte) (guest, error) {
	config, report, err := v2.Parse(raw)
	if err != nil || len(report.Entries) > 0 {
		return guest{}, fmt.Errorf("%w: %s", err, report.String())
	}
	found := guest{map[string][]string{}, map[string]file{}}
	for _, user := range config.Passwd.Users {
		for _, key := range user.SSHAuthorizedKeys {
			found.keys[user.Name] = append(found.keys[user.Name], string(key))
		}
	}
	for _, one := range config.Storage.Files {
		mode := 0
		if one.Mode != nil {
			mode = *one.Mode
		}
		found.files[one.Path] = file{one.Contents.Source, mode}
	}
	return found, nil
}

// Each config of the golden files, as it was given and as the guest gets it.
func TestGolden(t *testing.T) {
	given, err := filepath.Glob(filepath.Join(golden, "*.given.json"))
	if err != nil || len(given) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range given {
		before := mustRead(t, path)
		for _, user := range []string{"core", "deploy"} {
			name := strings.TrimSuffix(filepath.Base(path), ".given.json") + "/" + user
			t.Run(name, func(t *testing.T) {
				after := mustRead(t, strings.Replace(path, ".given.", "."+user+".", 1))
				check(t, before, after, user)
			})
		}
	}
}

func mustRead(t *testing.T, path string) guest {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found, err := read(raw)
	if err != nil {
		t.Fatalf("%s: Ignition does not take it: %v", path, err)
	}
	return found
}

func check(t *testing.T, before, after guest, user string) {
	if !slices.Contains(after.keys[user], ourKey) {
		t.Errorf("%s has the keys %q, and not the machine's", user, after.keys[user])
	}
	for name, keys := range before.keys {
		for _, key := range keys {
			if !slices.Contains(after.keys[name], key) {
				t.Errorf("%s lost the key %q", name, key)
			}
		}
	}
	for path, file := range before.files {
		if after.files[path] != file {
			t.Errorf("%s was %v and is %v", path, file, after.files[path])
		}
	}
	if user == "core" {
		return
	}
	rule := after.files[sudoers]
	content, err := dataurl.DecodeString(rule.source)
	if err != nil {
		t.Fatal(err)
	}
	if _, theirs := before.files[sudoers]; theirs {
		return
	}
	if want := user + " ALL=(ALL) NOPASSWD:ALL\n"; string(content.Data) != want || rule.mode != 0o440 {
		t.Errorf("%s holds %q with mode %o", sudoers, content.Data, rule.mode)
	}
}
