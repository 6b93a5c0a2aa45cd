# Rewrites the main program of docker-machine or of a fork of it: without the drivers of its own that are not in `keep`
# (names with spaces between), whose clouds' SDKs are most of what a build compiles. That is their imports and their
# cases in runDriver; each other line stays as it is.
#
#   awk -v keep="none generic" -f without-cloud-drivers.awk machine.go
function kept(name) { return index(" " keep " ", " " name " ") > 0 }

/^\t"[^"]*\/drivers\/[a-z0-9]+"$/ && !/\/libmachine\/drivers\// {
  name = $0
  gsub(/.*\/|"/, "", name)
  if (!kept(name)) { imports++; next }
  found++
}
/^\tcase "/ {
  split($0, parts, "\"")
  dropping = !kept(parts[2])
  if (dropping) cases++
}
/^\tdefault:/ { dropping = 0 }
!dropping { print }

END {
  if (imports == 0 || imports != cases || found == 0) {
    printf "without-cloud-drivers: %d imports and %d cases to drop, %d drivers to keep: its main program is another one now\n",
      imports, cases, found >"/dev/stderr"
    exit 1
  }
}
