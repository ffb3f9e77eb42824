#!/bin/sh
# Boots one lab machine; runs in a mount namespace of its own, so its mounts end with its last process.
# Arguments: control group (below the cgroup2 root), image, machine's directory, then those of systemd-nspawn.
set -eu
group=$1 image=$2 home=$3
shift 3

# systemd in the machine wants the cgroup2 tree alone; a hybrid host shows the old one.
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
    umount -R /sys/fs/cgroup
    mount -t cgroup2 none /sys/fs/cgroup
fi
# Fails where the lab was taken down meanwhile: then nothing may start any more.
echo $$ >"/sys/fs/cgroup/$group/cgroup.procs"

# volatile: a lab need not survive a power cut, so its databases need not wait for the disk.
mount -t overlay overlay \
    -o "lowerdir=$image,upperdir=$home/layer,workdir=$home/work,volatile" "$home/root"
exec systemd-nspawn --quiet --boot --register=no --keep-unit --directory="$home/root" \
    --link-journal=no --resolv-conf=off --timezone=off --console=read-only "$@"
