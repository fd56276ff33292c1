# Of scripts/build and scripts/build-firmware: one line of progress on a terminal, the compiler's words when it fails.
#   run_build NAME [TARGET]...      runs the caller's `build [TARGET]...`; NAME: what is built, in build/

# What one clone compiled, another need not: the compiler's cache is told to forget where the clone is.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=yes
# It keeps precompiled headers only for who promises to have no __TIME__ in them.
export CCACHE_SLOPPINESS=pch_defines,time_macros

# Shows ninja's [done/all] in place; passes everything on to the log.
progress() {
  local line
  while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    [[ -t 1 && $line =~ ^\[([0-9]+/[0-9]+)\] ]] && printf '\r\e[K  compiling %s' "${BASH_REMATCH[1]}"
  done 3>"$1"
  [[ ! -t 1 ]] || printf '\r\e[K'
}

run_build() {
  local name=$1 log=build/$1.log lock
  shift
  mkdir -p "$(dirname "$log")"
  # Two ninjas in one folder would tread on each other's toes.
  exec {lock}>"build/$name.lock"
  flock --nonblock "$lock" || { echo "  another build of $name is running: waiting for it" && flock "$lock"; }
  if ! build "$@" 2>&1 | progress "$log"; then
    grep -vE '^\[[0-9]+/[0-9]+\]' "$log" | grep -A 60 -m 1 -E 'FAILED|Error|error' >&2 || tail -n 40 "$log" >&2
    echo "$0: building $name failed (all of it: $log)" >&2
    exit 1
  fi
}
