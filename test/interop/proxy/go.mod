module nutanix-interop/proxy

go 1.21
