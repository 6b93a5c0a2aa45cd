"""Files as block devices: linux/loop.h, as far as guests and their storage need it."""
import ctypes
import errno
import fcntl
import os
import stat
import time

LOOP_CONFIGURE = 0x4C0A
LOOP_SET_STATUS64 = 0x4C04
LOOP_GET_STATUS64 = 0x4C05
LOOP_CTL_GET_FREE = 0x4C82
LO_FLAGS_AUTOCLEAR = 4
LO_FLAGS_PARTSCAN = 8
SECTOR = 512


class LoopInfo64(ctypes.Structure):
    _fields_ = [
        ("lo_device", ctypes.c_uint64),
        ("lo_inode", ctypes.c_uint64),
        ("lo_rdevice", ctypes.c_uint64),
        ("lo_offset", ctypes.c_uint64),
        ("lo_sizelimit", ctypes.c_uint64),
        ("lo_number", ctypes.c_uint32),
        ("lo_encrypt_type", ctypes.c_uint32),
        ("lo_encrypt_key_size", ctypes.c_uint32),
        ("lo_flags", ctypes.c_uint32),
        ("lo_file_name", ctypes.c_uint8 * 64),
        ("lo_crypt_name", ctypes.c_uint8 * 64),
        ("lo_encrypt_key", ctypes.c_uint8 * 32),
        ("lo_init", ctypes.c_uint64 * 2),
    ]


class LoopConfig(ctypes.Structure):
    _fields_ = [
        ("fd", ctypes.c_uint32),
        ("block_size", ctypes.c_uint32),
        ("info", LoopInfo64),
        ("reserved", ctypes.c_uint64 * 8),
    ]


def make_node(path, major, minor, kind=stat.S_IFBLK):
    if os.path.lexists(path):
        os.unlink(path)
    os.mknod(path, 0o660 | kind, os.makedev(major, minor))


def make_control_node():
    make_node("/dev/loop-control", 10, 237, stat.S_IFCHR)


def attach(path, size=0):
    """Attaches a file to a free loop device; returns its number and an open descriptor of it.

    AUTOCLEAR: the kernel detaches the device when its last user is gone, however the guest ends. `size`: bytes of the
    file that the device shows; 0 = all of it.
    """
    while True:
        with open("/dev/loop-control") as control:
            number = fcntl.ioctl(control, LOOP_CTL_GET_FREE)
        node = f"/dev/loop{number}"
        make_node(node, 7, number)
        device = os.open(node, os.O_RDWR)
        os.unlink(node)
        with open(path, "r+b") as backing:
            config = LoopConfig(fd=backing.fileno())
            config.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_PARTSCAN
            config.info.lo_sizelimit = size
            name = os.path.basename(path).encode()[:63]
            config.info.lo_file_name[: len(name)] = name
            try:
                fcntl.ioctl(device, LOOP_CONFIGURE, config)
                return number, device
            except OSError as error:
                os.close(device)
                if error.errno != errno.EBUSY:  # another guest was faster
                    raise


def attach_in_order(paths):
    """Attaches the files to free loop devices whose numbers rise; returns a number and an open descriptor of each.

    Programs such as lsblk list disks by these numbers. The kernel gives the lowest that is free, which may be a low one that
    another guest has just left.
    """
    attached = []
    too_low = []
    for path in paths:
        number, device = attach(path)
        while attached and number < attached[-1][0]:
            too_low.append(device)
            number, device = attach(path)
        attached.append((number, device))
    for device in too_low:
        os.close(device)
    return attached


def show_part(device, offset, size):
    """What the device shows of its file from now on. Nothing is on its way to another part when this returns."""
    info = LoopInfo64()
    fcntl.ioctl(device, LOOP_GET_STATUS64, info)
    info.lo_offset = offset
    info.lo_sizelimit = size
    for _ in range(100):
        try:
            fcntl.ioctl(device, LOOP_SET_STATUS64, info)
            return
        except OSError as error:
            # Some kernels want no page of the device to be in use at that moment.
            if error.errno != errno.EAGAIN:
                raise
            time.sleep(0.02)
    raise OSError(errno.EAGAIN, "the kernel keeps pages of the device")
