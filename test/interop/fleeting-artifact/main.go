// Command fleeting-installer installs the image of a fleeting plugin as `gitlab-runner fleeting install` does, from a
// registry in this process, and prints the path that the runner then starts.
//
// usage: fleeting-installer LAYOUT ADDRESS REPOSITORY:VERSION
//
// LAYOUT is the folder of an OCI layout. The registry listens at ADDRESS. FLEETING_PLUGIN_PATH is where it is installed.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"gitlab.com/gitlab-org/fleeting/fleeting-artifact/pkg/installer"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: fleeting-installer LAYOUT ADDRESS REPOSITORY:VERSION")
		os.Exit(2)
	}
	path, err := install(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleeting-installer:", err)
		os.Exit(1)
	}
	fmt.Println(path)
}

func install(folder, address, plugin string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	quiet := registry.Logger(log.New(os.Stderr, "", 0))
	go func() { _ = http.Serve(listener, registry.New(quiet)) }()
	if err := push(folder, plugin); err != nil {
		return "", fmt.Errorf("push: %w", err)
	}
	if err := installer.Install(context.Background(), plugin); err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	return installer.LookPath(plugin, "")
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
