log() { echo "docker host disks: $*" >&2; }
candidates() { # BUS INDEX: whole disks, the likeliest first
  [ "$1" != scsi ] || ls -d /dev/disk/by-path/*-scsi-0:0:"$2":0 2>/dev/null
  ls -d /dev/sd[a-z] /dev/sd[a-z][a-z] /dev/vd[a-z] /dev/hd[a-z] 2>/dev/null
}
labelled() { # BUS INDEX LABEL
  for device in $(candidates "$1" "$2"); do
    [ "$(blkid -p -s LABEL -o value "$device" 2>/dev/null)" = "$3" ] && echo "$device" && return
  done
}
blank() { # BUS INDEX SECTORS
  for device in $(candidates "$1" "$2"); do
    [ -b "$device" ] && [ "$(blockdev --getsz "$device" 2>/dev/null)" = "$3" ] || continue
    blkid -p "$device" >/dev/null 2>&1
    [ $? -eq 2 ] && echo "$device" && return
  done
}
settle() { command -v udevadm >/dev/null && udevadm settle; }
failed=0
settle
for disk in "$@"; do
  IFS=: read -r bus index sectors type label <<END
$disk
END
  link=/dev/disk/by-label/$label
  [ -e "$link" ] && continue
  device=$(labelled "$bus" "$index" "$label")
  if [ -z "$device" ]; then
    device=$(blank "$bus" "$index" "$sectors")
    if [ -z "$device" ]; then log "no blank disk of $sectors sectors for $label"; failed=1; continue; fi
    if ! command -v "mkfs.$type" >/dev/null; then log "this image has no mkfs.$type"; failed=1; continue; fi
    if ! "mkfs.$type" -q -L "$label" "$device" </dev/null; then failed=1; continue; fi
    log "made $type $label on $device"
    settle
  fi
  [ -e "$link" ] || { mkdir -p /dev/disk/by-label && ln -sf "$device" "$link"; }
done
exit $failed
