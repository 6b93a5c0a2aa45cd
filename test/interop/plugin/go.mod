module nutanix-interop/plugin

go 1.21
