package plugin

import (
	"encoding/gob"
	"fmt"
)

// The types that cross the wire, under the names that libmachine registers for them. They are declared here
// and not taken from libmachine so that this module needs nothing but the standard library.

type StringFlag struct{ Name, Usage, EnvVar, Value string }

type IntFlag struct {
	Name, Usage, EnvVar string
	Value               int
}

type BoolFlag struct{ Name, Usage, EnvVar string }

type StringSliceFlag struct {
	Name, Usage, EnvVar string
	Value               []string
}

// Flag is what GetCreateFlags answers a list of.
type Flag interface{ Key() string }

func (f *StringFlag) Key() string      { return f.Name }
func (f *IntFlag) Key() string         { return f.Name }
func (f *BoolFlag) Key() string        { return f.Name }
func (f *StringSliceFlag) Key() string { return f.Name }

// RPCFlags is the argument of SetConfigFromFlags; on the wire it is an interface value.
type RPCFlags struct{ Values map[string]interface{} }

func (RPCFlags) driverOptions() {}

type driverOptions interface{ driverOptions() }

func init() {
	gob.RegisterName("*mcnflag.StringFlag", &StringFlag{})
	gob.RegisterName("*mcnflag.IntFlag", &IntFlag{})
	gob.RegisterName("*mcnflag.BoolFlag", &BoolFlag{})
	gob.RegisterName("*mcnflag.StringSliceFlag", &StringSliceFlag{})
	gob.RegisterName("*rpcdriver.RPCFlags", &RPCFlags{})
}

func kindOf(flag Flag) string {
	switch flag.(type) {
	case *StringFlag:
		return "string"
	case *IntFlag:
		return "int"
	case *BoolFlag:
		return "bool"
	case *StringSliceFlag:
		return "string slice"
	}
	return fmt.Sprintf("%T", flag)
}

func envOf(flag Flag) string {
	switch flag := flag.(type) {
	case *StringFlag:
		return flag.EnvVar
	case *IntFlag:
		return flag.EnvVar
	case *BoolFlag:
		return flag.EnvVar
	case *StringSliceFlag:
		return flag.EnvVar
	}
	return ""
}

// defaultOf is the value that a client sends for a flag that nobody gave: false for a bool.
func defaultOf(flag Flag) interface{} {
	switch flag := flag.(type) {
	case *StringFlag:
		return flag.Value
	case *IntFlag:
		return flag.Value
	case *StringSliceFlag:
		return append([]string{}, flag.Value...)
	}
	return false
}
