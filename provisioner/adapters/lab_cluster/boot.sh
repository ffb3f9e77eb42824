#!/bin/sh
# Starts the one machine of a cluster in namespaces of its own; all that runs there stands below one control group.
# Arguments: the group's path below each tree's root, its network namespace, then those of machine.sh.
set -eu
group=$1 network=$2
shift 2

# A new group of the old tree for processors has none until it is told.
settle() {
    cat "${1%/*}/cpuset.cpus" >"$1/cpuset.cpus"
    cat "${1%/*}/cpuset.mems" >"$1/cpuset.mems"
}

# shellcheck disable=SC2013 # these places have no blanks in their names
for tree in $(awk '($3 == "cgroup" || $3 == "cgroup2") && $2 ~ "^/sys/fs/cgroup" {print $2}' /proc/mounts); do
    mkdir -p "$tree/$group"
    if [ -e "$tree/$group/cpuset.cpus" ] && [ ! -e "$tree/cgroup.controllers" ]; then
        settle "$tree/${group%/*}"
        settle "$tree/$group"
    fi
    echo $$ >"$tree/$group/cgroup.procs"
done
exec nsenter --net="/run/netns/$network" -- \
    unshare --cgroup --mount --ipc --uts --pid --fork --kill-child --propagation private -- \
    sh "$(dirname "$0")/machine.sh" "$@"
