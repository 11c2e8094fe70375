#!/bin/sh
# What a channel costs a web server in a week, from the sizes in its index: scale.sh FOLDER
set -eu
[ $# = 1 ] || { echo "usage: scale.sh FOLDER, the one that 'served-by dataset release' wrote" >&2; exit 2; }
awk '
  /^part /    { whole += $6 }
  /^delta /   { if (!($2 in least) || $5 < least[$2]) least[$2] = $5 }
  /^changes / { changes += $4 }
  { index_bytes += length($0) + 1 }
  END {
    for (name in least) delta += least[name]
    head = 350 # A request and the fields of its answer, roughly.
    printf "index %d bytes, whole version %d, deltas from the latest before %d, lists of changes %d\n", index_bytes, whole, delta, changes
    split("1 100000 100000000", copies, " ")
    for (i = 1; i <= 3; i++) {
      n = copies[i]
      printf "%9d copies: nothing new %.3f GB, a delta each %.3f GB, whole versions %.3f GB; %.3f requests a second\n", n, n * head / 1e9, n * (index_bytes + delta + changes + 5 * head) / 1e9, n * (index_bytes + whole + changes + 5 * head) / 1e9, n / 604800
    }
  }' "$1/index.txt"
