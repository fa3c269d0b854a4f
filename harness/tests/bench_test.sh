#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench_test.sh BENCH SOURCE PROBES: the benchmark runs (in a quick form, whose figures mean nothing):
# each method has a line with a time, or why there is none, and gnuplot, where it is, draws a picture.
set -u
bench=$1
source=$2
reference=$3/reference/reference-gcc-O2
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
chmod 777 "$scratch"
cd "$scratch" || exit 3
measure=("$bench" --quick "$source/scenarios" plot.svg "$reference-64.so" "${reference%-O2}-Os-64.so"
         "$reference-32.so")

fail() {
    echo "$1"
    cat said
    exit 1
}

"${measure[@]}" >said 2>&1 || fail "exit code $?"
for method in bare batched check sweep native; do
    grep -qE "^$method +[0-9.]+ ns  " said || fail "no time for $method"
done
grep -qE "^kvm +([0-9.]+ ns|-  not measured: .{10,})" said || fail "neither a time nor a reason for kvm"
for words in 'check/bare' 'sweep/batched' '64 bits, 1 worker' '32 bits, 1 worker' \
    'resident memory of all processes' '| 1 core | 64 cores | 1,000 cores |' 'Number of cases' \
    'Number of probes, the report' 'Leaves in a table' 'Size of the probe' 'Workers, a sweep' 'A dump of 400 processors, read and judged: '; do
    grep -qF -e "$words" said || fail "no '$words'"
done
grep -qE '^--guests(, on one table: [0-9.]+ s| is not measured: .{10,})' said || fail "no word of --guests"
if command -v gnuplot >/dev/null; then
    grep -q '^plot: plot.svg' said || fail "no word of the plot"
    python3 - plot.svg <<'END' || fail "the plot is none"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
svg = "{http://www.w3.org/2000/svg}"
texts = " ".join("".join(text.itertext()) for text in root.iter(svg + "text"))
drawn = [group for group in root.iter(svg + "g") if group.get("id", "").startswith("gnuplot_plot")]
wanted = ["Number of cases", "Number of probes, the report", "Workers, a sweep", "million runs/s"]
sys.exit(0 if root.get("viewBox") and not root.get("width") and len(drawn) == 7
         and all(words in texts for words in wanted)
         and "prefers-color-scheme:dark" in "".join(root.find(svg + "style").itertext()) else 1)
END
else
    grep -q '^no plot: gnuplot' said || fail "no word of the missing plot"
fi

# Who may not open /dev/kvm is told so.
if [ -e /dev/kvm ] && [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null &&
    setpriv --reuid 65534 --regid 65534 --clear-groups sh -c \
        "test -r '$reference-64.so' && test -x '$bench' && ! test -w /dev/kvm"; then
    rm -f plot.svg said # which are another user's
    setpriv --reuid 65534 --regid 65534 --clear-groups "${measure[@]}" >said 2>&1 || fail "exit code $?"
    grep -q '^kvm  *-  not measured: /dev/kvm: Permission denied' said || fail "no reason for kvm"
fi
echo "the benchmark runs"
