#!/usr/bin/env bash
# The practice report from its first page to its last, without a Nutanix cluster: five Docker hosts by the real
# docker-machine with block devices for Docker's data, three controllers and two agents, WordPress whose database lives
# in the external volume wpdb, the checks of section 5.5, then the agent with the database dies, then the leader.
# Guests are containers with systemd and real Docker engines, so this needs root and a machine that may have loop
# devices; the image of the application is made of Debian's packages. Everything it makes is gone at the end.
# shellcheck disable=SC2016,SC2034 # A step's command line is shown as it stands, and expanded when it is run.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/steps.sh
source scripts/steps.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/nutanix-report.XXXXXX")
export MACHINE_STORAGE_PATH=$work/store
export PATH="$PWD/dist:$PWD/.tools:$PATH"
began=$SECONDS
simulator=

clean_up() { # clean_up STATUS
  if [[ -n $simulator ]] && kill "$simulator" 2>/dev/null; then wait "$simulator" 2>/dev/null || true; fi
  if (($1 != 0)); then
    echo
    echo "report: failed with status $1; the simulator said:" >&2
    tail -n 20 "$work/simulator.log" >&2 || true
    tail -n 40 "$work"/store/fleets/wordpress/logs/*.log >&2 2>/dev/null || true
  fi
  if [[ -d $work/engine ]]; then bash scripts/docker-engine.sh stop "$work/engine" || true; fi
  rm -rf "$work"
}
ends_with clean_up

[[ $(id -u) == 0 ]] || { echo "report: container guests need root" >&2; exit 1; }
command -v docker-machine >/dev/null || { echo "report: docker-machine is not there: make tools" >&2; exit 1; }

# ---- What a real cluster would have: a Prism Central, an image, and somebody's answers to passwords.

mkdir "$work/engine"
DOCKER_HOST=$(bash scripts/docker-engine.sh start "$work/engine" $$)
export DOCKER_HOST
bash scripts/guest-image/build.sh
image=$(bash scripts/wordpress-image/build.sh)
cp examples/wordpress.yaml examples/wordpress.stack.yaml "$work"
ln -s "$image" "$work/wordpress-image.tar"
export NUTANIX_VOLUME_PASSWORD WORDPRESS_DB_PASSWORD site_password
WORDPRESS_DB_PASSWORD=$(openssl rand -hex 12)
site_password=$(openssl rand -hex 12)

echo "${bold}The practice report: a highly available platform on Nutanix, and WordPress that survives its host${plain}"
set -m # a process group of its own: Ctrl-C must not end it before the plugins have cleaned up
# Hosts reach it at their gateway, which is this machine.
network=10.76.$((RANDOM % 256))
step "A Prism Central" \
  'prism-simulator --host 0.0.0.0 --port 0 --guests container --subnet $network.0/24 --environment-file $work/env >$work/simulator.log 2>&1 &'
simulator=$!
set +m
wait_for_simulator "$simulator" "$work/env"
# shellcheck source=/dev/null
source "$work/env"
NUTANIX_VOLUME_PASSWORD=$NUTANIX_PASSWORD
sed -i "s/^  username: volumes/  username: $NUTANIX_USERNAME\n  endpoint: $network.1:$NUTANIX_PORT/" "$work/wordpress.yaml"
cat >"$work/nutanix-volume.yaml" <<END
endpoint: $NUTANIX_ENDPOINT
port: $NUTANIX_PORT
username: $NUTANIX_USERNAME
password: $NUTANIX_PASSWORD
insecure: true
folder: $work/volumes
END
chmod 600 "$work/nutanix-volume.yaml"
# For commands of people, on a computer that is no host.
export NUTANIX_VOLUME_CONFIG=$work/nutanix-volume.yaml
hosts() { nutanix-hosts "$1" -f "$work/wordpress.yaml" "${@:2}"; }

# ---- 4 and 5: hosts, platform, application

step "Five hosts, a platform of three controllers and two agents, the application" \
  'hosts apply'
step "The hosts" 'docker-machine ls'
step "Docker's data has a block device of its own" \
  "docker-machine ssh agent-1 'lsblk; findmnt /var/lib/docker'"
step "The platform" "docker-machine ssh controller-1 'docker node ls'"

site() { echo "http://$(docker-machine ip "$1"):8080"; }
answers() { curl -fsS --max-time 10 -o /dev/null "$(site "$1")/wp-admin/install.php" 2>/dev/null; }
# Read whole before it is looked at: a reader that has seen enough (grep -q, head) fails curl, which still writes.
first_page() { curl -fsSL --max-time 20 "$(site "$1")/"; }
holds() { [[ $(first_page "$1" 2>/dev/null) == *"$2"* ]]; }
until_so 180 "WordPress answers" answers agent-1

# In a file, since every user of a computer can read command lines.
(umask 077 && printf 'data = "admin_password=%s"\ndata = "admin_password2=%s"\n' "$site_password" "$site_password" >"$work/install.curl")
step "The site is installed over HTTP" \
  'curl -fsS -o $work/installed "$(site agent-1)/wp-admin/install.php?step=2" \
    -d weblog_title=Report -d user_name=admin -d admin_email=admin@example.com -d blog_public=0 -d language= \
    -d pw_weak=1 -K $work/install.curl && grep -o "<h1>Success.*</h1>" $work/installed'
cat >"$work/post.xml" <<END
<methodCall><methodName>wp.newPost</methodName><params>
<param><value><int>1</int></value></param><param><value><string>admin</string></value></param>
<param><value><string>$site_password</string></value></param><param><value><struct>
<member><name>post_title</name><value><string>Survivor</string></value></member>
<member><name>post_content</name><value><string>Written before the host died.</string></value></member>
<member><name>post_status</name><value><string>publish</string></value></member>
</struct></value></param></params></methodCall>
END
step "A post is written" \
  'curl -fsS -H "Content-Type: text/xml" --data-binary @$work/post.xml "$(site agent-1)/xmlrpc.php" | grep "<string>"'

# ---- 5.5: the checks

step "5.5 a) containers" "docker-machine ssh controller-1 'docker service ls; docker service ps --filter desired-state=running blog_mysql'"
step "5.5 b) application" 'first_page agent-2 | grep -o "<title>.*</title>" && holds agent-2 Survivor && echo "the post is there"'
step "5.5 c) the volume, as Docker sees it" "docker-machine ssh agent-1 'docker volume ls'"
step "5.5 c) the volume, as Nutanix sees it" 'nutanix-volume ls'
step "Status of all of it" 'hosts status'

# ---- The agent with the database dies

database_host() {
  docker-machine ssh controller-2 "docker service ps --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' blog_mysql" |
    awk '$2 == "Running" { print $1 }'
}
victim=$(database_host)
survivor=$([[ $victim == agent-1 ]] && echo agent-2 || echo agent-1)
moved() { [[ $(database_host) == "$survivor" ]]; }
step "The agent with the database is switched off hard ($victim)" 'docker-machine kill $victim'
step "The database starts on the other one" 'until_so 180 "the database on $survivor" moved; database_host'
step "The post is there" 'until_so 120 "the post" holds $survivor Survivor && first_page $survivor | grep -o "<title>.*</title>"'
step "Who holds the volume" 'nutanix-volume ls'

# ---- The leader dies

leader=$(docker-machine ssh controller-2 "docker node ls --format '{{.Hostname}} {{.ManagerStatus}}'" | awk '$2 == "Leader" { print $1 }')
step "The leader is switched off ($leader)" 'docker-machine kill $leader'
step "The site answers" 'holds $survivor Survivor && echo "the post is there"'
step "Both come back" 'hosts apply'

# ---- The end

step "Everything is removed" 'hosts destroy --yes'
must_be "VMs left" '"vms":[]' "$(simulator_has vms)"
step "The volume is not: its data outlive the hosts" 'nutanix-volume ls'
step "Removed, it is kept for a day" 'nutanix-volume rm wpdb && nutanix-volume ls --removed'
step "It can be restored" 'nutanix-volume restore wpdb && nutanix-volume ls'
step "And purged" 'nutanix-volume rm wpdb && nutanix-volume purge --yes wpdb && nutanix-volume ls --removed'
must_be "volume groups left" '"volumeGroups":[]' "$(simulator_has volumeGroups)"
printf '\n%sDone in %d s.%s\n' "$bold" $((SECONDS - began)) "$plain"
