// Command docker-machine-driver-idle is the least a libmachine driver can be: every call succeeds at once and
// nothing exists behind it. It is the measure that bench/ holds our plugin against.
package main

import (
	"fmt"
	"net"

	"github.com/docker/machine/libmachine/drivers"
	"github.com/docker/machine/libmachine/drivers/plugin"
	"github.com/docker/machine/libmachine/mcnflag"
	"github.com/docker/machine/libmachine/state"
)

type idleDriver struct {
	*drivers.BaseDriver
}

func main() {
	plugin.RegisterDriver(&idleDriver{BaseDriver: &drivers.BaseDriver{IPAddress: "127.0.0.1"}})
}

func (d *idleDriver) DriverName() string { return "idle" }

func (d *idleDriver) GetCreateFlags() []mcnflag.Flag {
	return []mcnflag.Flag{mcnflag.StringFlag{Name: "idle-note", Usage: "Ignored", EnvVar: "IDLE_NOTE"}}
}

func (d *idleDriver) SetConfigFromFlags(flags drivers.DriverOptions) error {
	d.SetSwarmConfigFromFlags(flags)
	return nil
}

func (d *idleDriver) GetURL() (string, error) {
	return fmt.Sprintf("tcp://%s", net.JoinHostPort(d.IPAddress, "2376")), nil
}

func (d *idleDriver) GetSSHHostname() (string, error) { return d.IPAddress, nil }
func (d *idleDriver) GetState() (state.State, error)  { return state.Running, nil }
func (d *idleDriver) Create() error                   { return nil }
func (d *idleDriver) Remove() error                   { return nil }
func (d *idleDriver) Start() error                    { return nil }
func (d *idleDriver) Stop() error                     { return nil }
func (d *idleDriver) Restart() error                  { return nil }
func (d *idleDriver) Kill() error                     { return nil }
