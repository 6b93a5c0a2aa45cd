#!/usr/bin/env bash
# Runs a program under a given name with pipes as its input, output and errors, as sshd and cloud-init do:
# a socket, which Node.js would give it, cannot be opened again through /dev/stderr.
# usage: record-shell-run.sh INPUT OUTPUT ERRORS NAME PROGRAM [ARGUMENT …]
set -u
input=$1 output=$2 errors=$3 name=$4 program=$5
shift 5
unset SHLVL OLDPWD PWD
{
  {
    # shellcheck disable=SC2002 # The program shall have a pipe as its input, not a file.
    cat "$input" | (exec -a "$name" "$program" "$@") 2>&1 1>&3 3>&- | cat >"$errors"
    exit "${PIPESTATUS[1]}"
  } 3>&1 | cat >"$output"
  exit "${PIPESTATUS[0]}"
}
