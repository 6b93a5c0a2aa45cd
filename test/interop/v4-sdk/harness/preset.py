"""What the simulator's preset inventory is made of, as far as the calls name it."""

CLUSTER = ("PC-Cluster", "00061f7f-44f7-19dc-3be1-7cc25586ee44")
SECOND_CLUSTER = ("DR-Cluster", "0005b0f1-8f43-a0f2-02b7-3cecef193712")
SUBNET = ("vm-network", "b2e46975-2cde-4a49-9dda-815eb4fcd679")
UNMANAGED_SUBNET = ("vm-network-dhcp", "3f0f5e0c-8f0e-4b53-9b39-6d1c9a5b7a11")
OVERLAY_SUBNET = ("vpc-overlay", "5a1d0f33-5b0e-4a2a-8a6f-0d8b1f0c2e77")
IMAGE = ("ubuntu-22.04-cloudimg", "70cfd137-a8d9-4169-a5ac-cf9ad6ddb03a")
ISO = ("virtio-drivers.iso", "a7b1f3a2-1d3c-4f0e-9a55-5f6d0a9c8b21")
CONTAINER = ("SelfServiceContainer", "8a77ce4a-5730-44ea-a281-4c81b1277333")
PROJECT = ("docker-hosts", "d41c2b7e-0a5f-4c6d-8e9f-1a2b3c4d5e6f")
# An id that nothing has. Its variant is none of RFC 9562's, as that of real VMs.
UNKNOWN = "3a830cd3-6242-4356-7322-9f2b6c0dcd75"

GIB = 2**30
IMAGE_BYTES = 2 * GIB
