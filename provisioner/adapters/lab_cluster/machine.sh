#!/bin/sh
# The first process of a cluster's one machine: its file system, then each program; the first that ends takes all along.
# Arguments: root file system, the cluster's directory, the machine's name, address, pods' range, services' range,
# then the control plane's programs as paths.
set -eu
image=$1 home=$2 name=$3 address=$4 pods=$5 services=$6
shift 6

hostname "$name"
root=$home/root
mount -t overlay overlay -o "lowerdir=$image,upperdir=$home/layer,workdir=$home/work" "$root"
for program; do
    : >"$root/opt/kubernetes/${program##*/}"
    mount --bind "$program" "$root/opt/kubernetes/${program##*/}"
done
# An overlay cannot lie on another one: what pods are unpacked on is the host's own file system.
for place in containerd kubelet etcd; do
    mkdir -p "$home/data/$place" "$root/var/lib/$place"
    mount --bind "$home/data/$place" "$root/var/lib/$place"
done
mkdir -p "$root/etc/kubernetes" "$root/etc/containerd" "$root/etc/cni/net.d" "$root/var/log/cluster" "$root/lib/modules"
mount --bind "$home/config" "$root/etc/kubernetes"
mount --bind "$home/log" "$root/var/log/cluster"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"

# The machine's own view of control groups: the same trees, from its group on.
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mount -t cgroup2 none "$root/sys/fs/cgroup"
    # A group that shares its processors and memory out must not hold processes itself.
    mkdir "$root/sys/fs/cgroup/machine"
    echo $$ >"$root/sys/fs/cgroup/machine/cgroup.procs"
    # shellcheck disable=SC2013 # words are meant
    for controller in $(cat "$root/sys/fs/cgroup/cgroup.controllers"); do
        echo "+$controller" >"$root/sys/fs/cgroup/cgroup.subtree_control"
    done
else
    mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    awk '$3 == "cgroup" && $2 ~ "^/sys/fs/cgroup" {print $2, $4}' /proc/mounts | while read -r tree options; do
        kind=$(printf '%s\n' "$options" | tr , '\n' | grep -v -x -E 'rw|ro|relatime|noatime|nosuid|nodev|noexec|xattr|release_agent=.*' | paste -sd, -)
        mkdir "$root/sys/fs/cgroup/${tree##*/}"
        mount -t cgroup -o "$kind" cgroup "$root/sys/fs/cgroup/${tree##*/}"
    done
fi

cd "$root"
pivot_root . mnt
umount -l /mnt
mount --make-rshared /
cd /
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" >/etc/hosts
cp /etc/kubernetes/containerd.toml /etc/containerd/config.toml
cp /etc/kubernetes/network.conflist /etc/cni/net.d/10-pbx.conflist
export PATH=/opt/kubernetes:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
sysctl -qw net.ipv4.ip_forward=1

ended() {
    echo "$1 ended, exit $2" >>/var/log/cluster/ended
    kill -TERM 1
}
start() {
    program=$1
    (
        code=0
        "$@" >>"/var/log/cluster/$program.log" 2>&1 || code=$?
        ended "$program" "$code"
    ) &
}
trap 'exit 1' TERM

conf=/etc/kubernetes
start etcd --data-dir /var/lib/etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
    --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync --log-level warn
start containerd
start kube-apiserver --etcd-servers http://127.0.0.1:2379 --advertise-address "$address" --secure-port 6443 \
    --service-cluster-ip-range "$services" --token-auth-file $conf/tokens.csv --authorization-mode Node,RBAC \
    --client-ca-file $conf/ca.crt --tls-cert-file $conf/api.crt --tls-private-key-file $conf/api.key \
    --kubelet-preferred-address-types InternalIP --kubelet-client-certificate $conf/caller.crt --kubelet-client-key $conf/caller.key \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file $conf/accounts.pub \
    --service-account-signing-key-file $conf/accounts.key --enable-admission-plugins NodeRestriction
start kube-controller-manager --kubeconfig $conf/kube-controller-manager.conf --service-account-private-key-file $conf/accounts.key \
    --root-ca-file $conf/ca.crt --use-service-account-credentials --leader-elect=false --cluster-cidr "$pods"
start kube-scheduler --kubeconfig $conf/kube-scheduler.conf --leader-elect=false
# A kubelet whose engine does not answer yet ends.
waited=0
until [ -S /run/containerd/containerd.sock ] || [ "$waited" = 600 ]; do
    sleep 0.1
    waited=$((waited + 1))
done
start kubelet --kubeconfig $conf/kubelet.conf --config $conf/kubelet.yaml --hostname-override "$name" --node-ip "$address"
start kube-proxy --config $conf/kube-proxy.yaml --hostname-override "$name"
while :; do wait; sleep 1; done
