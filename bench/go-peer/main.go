// Command docker-machine-driver-peer is what a small driver for Nutanix in Go costs: it is built on libmachine and
// sends Prism Central the requests that docker-machine-driver-nutanix sends. It reads the config.json of that driver, so
// that both can be measured on the same machines. For benches only: it checks little and tidies up little.
package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/docker/machine/libmachine/drivers"
	"github.com/docker/machine/libmachine/drivers/plugin"
	"github.com/docker/machine/libmachine/mcnflag"
	"github.com/docker/machine/libmachine/ssh"
	"github.com/docker/machine/libmachine/state"
)

// The fields have the names of docker-machine-driver-nutanix' config.json.
type peerDriver struct {
	*drivers.BaseDriver
	Endpoint, Port, Username, Password, Fingerprint, API string
	Cluster, Image                                       string
	Subnet                                               []string
	VMId                                                 string
	VMMem, VMVCPUs                                       int
}

func main() {
	plugin.RegisterDriver(&peerDriver{BaseDriver: &drivers.BaseDriver{}})
}

func (d *peerDriver) DriverName() string { return "peer" }

func (d *peerDriver) GetCreateFlags() []mcnflag.Flag {
	text := func(name, variable, fallback string) mcnflag.Flag {
		return mcnflag.StringFlag{Name: "peer-" + name, Usage: "as --nutanix-" + name, EnvVar: variable, Value: fallback}
	}
	return []mcnflag.Flag{
		text("endpoint", "NUTANIX_ENDPOINT", ""), text("port", "NUTANIX_PORT", "9440"),
		text("username", "NUTANIX_USERNAME", ""), text("password", "NUTANIX_PASSWORD", ""),
		text("fingerprint", "NUTANIX_FINGERPRINT", ""), text("api", "NUTANIX_API", "v4"),
		text("cluster", "NUTANIX_CLUSTER", ""), text("vm-image", "NUTANIX_VM_IMAGE", ""),
		text("vm-network", "NUTANIX_VM_NETWORK", ""), text("ssh-port", "NUTANIX_SSH_PORT", "22"),
	}
}

func (d *peerDriver) SetConfigFromFlags(flags drivers.DriverOptions) error {
	d.SetSwarmConfigFromFlags(flags)
	d.Endpoint, d.Port = flags.String("peer-endpoint"), flags.String("peer-port")
	d.Username, d.Password = flags.String("peer-username"), flags.String("peer-password")
	d.Fingerprint, d.API = flags.String("peer-fingerprint"), flags.String("peer-api")
	d.Cluster, d.Image = flags.String("peer-cluster"), flags.String("peer-vm-image")
	d.Subnet = []string{flags.String("peer-vm-network")}
	port, err := strconv.Atoi(flags.String("peer-ssh-port"))
	d.SSHUser, d.SSHPort, d.VMMem, d.VMVCPUs = "root", port, 2048, 2
	return err
}

// cloud is one session at Prism Central; the API is the machine's, as it stands in its config.json.
func (d *peerDriver) cloud() (cloud, error) {
	rest, err := newREST("https://"+net.JoinHostPort(d.Endpoint, d.Port), d.Username, d.Password, d.Fingerprint)
	if err != nil || d.API == "v3" {
		return v3{rest}, err
	}
	return v4{rest}, nil
}

func (d *peerDriver) see() (seen, cloud, error) {
	cloud, err := d.cloud()
	if err != nil {
		return seen{}, nil, err
	}
	vm, err := cloud.see(d.VMId)
	return vm, cloud, err
}

func (d *peerDriver) GetState() (state.State, error) {
	vm, _, err := d.see()
	switch {
	case err != nil:
		return state.Error, err
	case vm.isOn:
		return state.Running, nil
	}
	return state.Stopped, nil
}

func (d *peerDriver) GetIP() (string, error) {
	vm, _, err := d.see()
	if err == nil && vm.address != "" {
		d.IPAddress = vm.address
	}
	return d.IPAddress, err
}

func (d *peerDriver) GetSSHHostname() (string, error) { return d.IPAddress, nil }

func (d *peerDriver) GetURL() (string, error) {
	vm, _, err := d.see()
	if err != nil || !vm.isOn {
		return "", err
	}
	return fmt.Sprintf("tcp://%s", net.JoinHostPort(vm.address, "2376")), nil
}

func (d *peerDriver) PreCreateCheck() error {
	cloud, err := d.cloud()
	if err != nil {
		return err
	}
	_, err = cloud.resolve(d.Cluster, d.Image, d.Subnet[0], d.MachineName)
	return err
}

func (d *peerDriver) Create() error {
	if err := ssh.GenerateSSHKey(d.GetSSHKeyPath()); err != nil {
		return err
	}
	key, err := os.ReadFile(d.GetSSHKeyPath() + ".pub")
	if err != nil {
		return err
	}
	cloud, err := d.cloud()
	if err != nil {
		return err
	}
	places, err := cloud.resolve(d.Cluster, d.Image, d.Subnet[0], d.MachineName)
	if err != nil {
		return err
	}
	userData := fmt.Sprintf("#cloud-config\nhostname: %s\ndisable_root: false\nusers:\n- name: root\n  ssh_authorized_keys:\n  - %s\n", d.MachineName, key)
	if d.VMId, err = cloud.create(vmToMake{d.MachineName, userData, d.VMMem, d.VMVCPUs, places}); err != nil {
		return err
	}
	return d.waitForAddress(cloud)
}

func (d *peerDriver) waitForAddress(cloud cloud) error {
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		vm, err := cloud.see(d.VMId)
		if err != nil {
			return err
		}
		if vm.address != "" {
			d.IPAddress = vm.address
			return nil
		}
	}
	return errors.New("the VM has no address")
}

func (d *peerDriver) Start() error {
	_, cloud, err := d.see()
	if err == nil {
		err = cloud.power(d.VMId, true)
	}
	if err == nil {
		err = d.waitForAddress(cloud)
	}
	return err
}

func (d *peerDriver) Stop() error { return d.off(false) }
func (d *peerDriver) Kill() error { return d.off(true) }

func (d *peerDriver) off(isHard bool) error {
	_, cloud, err := d.see()
	if err != nil {
		return err
	}
	if isHard {
		return cloud.power(d.VMId, false)
	}
	if err := cloud.shutdown(d.VMId); err != nil {
		return err
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if vm, err := cloud.see(d.VMId); err != nil || !vm.isOn {
			return err
		}
	}
	return errors.New("the guest does not shut down")
}

func (d *peerDriver) Restart() error {
	if err := d.Stop(); err != nil {
		return err
	}
	return d.Start()
}

func (d *peerDriver) Remove() error {
	_, cloud, err := d.see()
	if err != nil {
		return err
	}
	return cloud.remove(d.VMId)
}
