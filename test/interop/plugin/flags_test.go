package plugin

import "testing"

// The interface of the official driver: whoever used it can use ours (kind, environment variable, default).
var officialFlags = []struct {
	name, kind, env string
	value           interface{} // nil: not compared
}{
	{"nutanix-endpoint", "string", "NUTANIX_ENDPOINT", ""},
	{"nutanix-port", "string", "NUTANIX_PORT", "9440"},
	{"nutanix-username", "string", "NUTANIX_USERNAME", ""},
	{"nutanix-password", "string", "NUTANIX_PASSWORD", ""},
	{"nutanix-insecure", "bool", "NUTANIX_INSECURE", false},
	{"nutanix-cluster", "string", "NUTANIX_CLUSTER", ""},
	{"nutanix-vm-mem", "int", "NUTANIX_VM_MEM", 2048},
	{"nutanix-vm-cpus", "int", "NUTANIX_VM_CPUS", 2},
	{"nutanix-vm-cores", "int", "NUTANIX_VM_CORES", 1},
	{"nutanix-vm-cpu-passthrough", "bool", "NUTANIX_VM_CPU_PASSTHROUGH", false},
	{"nutanix-vm-network", "string slice", "", nil},
	{"nutanix-vm-image", "string", "NUTANIX_VM_IMAGE", ""},
	{"nutanix-vm-image-size", "int", "NUTANIX_VM_IMAGE_SIZE", 0},
	{"nutanix-vm-categories", "string slice", "", nil},
	{"nutanix-vm-gpu", "string slice", "", nil},
	{"nutanix-project", "string", "NUTANIX_PROJECT", ""},
	{"nutanix-disk-size", "int", "NUTANIX_DISK_SIZE", 0},
	{"nutanix-storage-container", "string", "NUTANIX_STORAGE_CONTAINER", ""},
	{"nutanix-cloud-init", "string", "NUTANIX_CLOUD_INIT", ""},
	{"nutanix-vm-serial-port", "bool", "NUTANIX_VM_SERIAL_PORT", false},
	{"nutanix-boot-type", "string", "NUTANIX_BOOT_TYPE", "legacy"},
	{"nutanix-timeout", "int", "NUTANIX_TIMEOUT", nil},
	{"nutanix-vm-description", "string", "", nil},
}

func createFlags(s *session) []Flag {
	s.t.Helper()
	var flags []Flag
	if err := s.call("GetCreateFlags", struct{}{}, &flags); err != nil {
		s.t.Fatalf("GetCreateFlags: %v", err)
	}
	return flags
}

func TestGetCreateFlags(t *testing.T) {
	s := spawn(t)
	byName := map[string]Flag{}
	for _, flag := range createFlags(s) {
		if byName[flag.Key()] != nil {
			t.Errorf("--%s twice", flag.Key())
		}
		byName[flag.Key()] = flag
	}
	for _, want := range officialFlags {
		flag := byName[want.name]
		if flag == nil {
			t.Errorf("--%s is missing", want.name)
			continue
		}
		equal(t, want.name, kindOf(flag), want.kind)
		if want.env != "" {
			equal(t, want.name, envOf(flag), want.env)
		}
		if want.value != nil {
			equal(t, want.name, defaultOf(flag), want.value)
		}
	}
	equal(t, "a second call gives", len(createFlags(s)), len(byName))
}
