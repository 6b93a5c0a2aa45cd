module nutanix-interop/plugin

go 1.21

require nutanix-interop/simulator v0.0.0

replace nutanix-interop/simulator => ../simulator
