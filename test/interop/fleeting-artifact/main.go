// Command fleeting-installer installs the image of a fleeting plugin as `gitlab-runner fleeting install` does, from a
// registry in this process, and prints the path that the runner then starts.
//
// usage: fleeting-installer LAYOUT ADDRESS REPOSITORY:VERSION [PROGRAM ARGUMENT...]
//
// LAYOUT is the folder of an OCI layout. The registry listens at ADDRESS. FLEETING_PLUGIN_PATH is where it is installed.
// With a PROGRAM nothing is installed: it runs while the registry has the image, and its exit code is this one's.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"gitlab.com/gitlab-org/fleeting/fleeting-artifact/pkg/installer"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: fleeting-installer LAYOUT ADDRESS REPOSITORY:VERSION [PROGRAM ARGUMENT...]")
		os.Exit(2)
	}
	folder, address, plugin, program := os.Args[1], os.Args[2], os.Args[3], os.Args[4:]
	if err := serve(folder, address, plugin); err != nil {
		fail(err)
	}
	if len(program) > 0 {
		run(program)
		return
	}
	path, err := install(plugin)
	if err != nil {
		fail(err)
	}
	fmt.Println(path)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "fleeting-installer:", err)
	os.Exit(1)
}

// serve starts a registry that has the image.
func serve(folder, address, plugin string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	quiet := registry.Logger(log.New(os.Stderr, "", 0))
	go func() { _ = http.Serve(listener, registry.New(quiet)) }()
	if err := push(folder, plugin); err != nil {
		return fmt.Errorf("push: %w", err)
	}
	return nil
}

func install(plugin string) (string, error) {
	if err := installer.Install(context.Background(), plugin); err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	return installer.LookPath(plugin, "")
}

func run(program []string) {
	command := exec.Command(program[0], program[1:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	err := command.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fail(err)
	}
}

// push puts the one image index of the layout into the registry.
func push(folder, plugin string) error {
	ref, err := name.ParseReference(plugin)
	if err != nil {
		return err
	}
	outer, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		return err
	}
	manifest, err := outer.IndexManifest()
	if err != nil {
		return err
	}
	if len(manifest.Manifests) != 1 {
		return errors.New("the layout has not one image")
	}
	var index v1.ImageIndex
	if index, err = outer.ImageIndex(manifest.Manifests[0].Digest); err != nil {
		return err
	}
	return remote.WriteIndex(ref, index)
}
