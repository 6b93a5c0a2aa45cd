#!/bin/sh
# Lets the key of this machine in where the user was defined without it.
home=$(getent passwd '@USER@' | cut -d: -f6)
file=$home/.ssh/authorized_keys
[ -n "$home" ] || exit 0
grep -qsF '@PUBLIC_KEY@' "$file" && exit 0
mkdir -p "$home/.ssh" && printf '%s\n' '@PUBLIC_KEY@' >> "$file"
chmod 700 "$home/.ssh" && chmod 600 "$file" && chown -R '@USER@:' "$home/.ssh"
command -v restorecon > /dev/null && restorecon -R "$home/.ssh"
exit 0
