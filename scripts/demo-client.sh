# shellcheck shell=bash
# Which docker-machine the demo runs: sourced by demo.sh and demo-ready.sh, in the project's folder.

is_docker_machine() { # is_docker_machine COMMAND
  command -v "$1" >/dev/null && [[ $("$1" --version 2>/dev/null) == 'docker-machine version '* ]]
}

# choose_client: sets DOCKER_MACHINE to what DOCKER_MACHINE names, to the docker-machine on the PATH, to that of
# .tools/ or, without any of them, to a small client of our own; says which, and fails if none may be taken.
choose_client() {
  if [[ -n ${DOCKER_MACHINE:-} ]]; then
    command -v "$DOCKER_MACHINE" >/dev/null || { echo "demo: DOCKER_MACHINE=$DOCKER_MACHINE is not there" >&2; return 1; }
  elif is_docker_machine docker-machine; then
    DOCKER_MACHINE=$(command -v docker-machine)
    echo "demo: the docker-machine on the PATH is used ($DOCKER_MACHINE)"
  elif is_docker_machine "$PWD/.tools/docker-machine"; then
    DOCKER_MACHINE=$PWD/.tools/docker-machine
  elif [[ ${REQUIRE_REAL_CLIENT:-} == 1 ]]; then
    echo "demo: there is no docker-machine, and REQUIRE_REAL_CLIENT=1 wants a real client" >&2
    return 1
  else
    echo "demo: no docker-machine is there, and none could be built: a small client of our own stands in for it." \
      "With Go (1.24 or later) you would see the same with GitLab's docker-machine."
    DOCKER_MACHINE=$PWD/test/e2e/client/machine
    export BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 # Bun, which runs it, would leave what it has translated in the home.
  fi
  export DOCKER_MACHINE
}
