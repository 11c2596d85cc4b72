#!/bin/sh
# Runs a command in a file system of its own: layers, which stay as they are, beneath what is written, and directories in their places.
#
#     unshare --mount sh root.sh HOME LAYERS rw|ro [rw|ro SOURCE PLACE]… -- COMMAND…
#
# What is written into it is in HOME/upper afterwards; the mounts end with the command.
set -eu
home=$1 layers=$2 mode=$3
shift 3
root=$home/root
mkdir -p "$home/upper" "$home/work" "$root"
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$home/upper,workdir=$home/work" "$root"
for kernel in proc sys dev; do mount --rbind "/$kernel" "$root/$kernel"; done
while [ "$1" != -- ]; do
  if [ -d "$2" ]; then chroot "$root" mkdir -p -- "$3"; else chroot "$root" touch -- "$3"; fi
  # Links lead where they lead inside.
  place=$root$(chroot "$root" realpath -- "$3")
  mount --bind "$2" "$place"
  [ "$1" = rw ] || mount -o remount,bind,ro "$place"
  shift 3
done
shift
[ "$mode" = rw ] || mount -o remount,ro "$root"
exec chroot "$root" "$@"
