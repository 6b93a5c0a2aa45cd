module nutanix-interop/simulator

go 1.21
