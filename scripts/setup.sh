# shellcheck shell=dash
# Sourced by ./factory and scripts/run.sh. Functions only; every message goes to stderr, every failure ends with exit code 2.

# setup ROOT [NEEDED]: makes sure that the dependencies are installed and sets `node` to the Node to use, as an absolute path.
# ROOT is the project's folder as an absolute path, NEEDED a file below it without which the installation is not whole.
setup() {
  root=$1
  needed=${2:-}
  stamp=$root/node_modules/.factory
  find_system_node
  if ! is_ready; then
    # shellcheck source=scripts/install.sh
    . "$root/scripts/install.sh"
    install_once
  fi
  write_stamp
}

is_ready() {
  is_installed && choose_node
}

is_installed() {
  # A packed release has no lockfile: its dependencies came with it.
  [ -f "$root/package-lock.json" ] || return 0
  [ -z "$needed" ] || [ -e "$root/$needed" ] || return 1
  if [ -f "$stamp/package-lock.json" ]; then
    [ "$(cat "$root/package-lock.json")" = "$(cat "$stamp/package-lock.json")" ]
  else
    # Somebody ran npm by hand (an image, a developer): npm writes this file last.
    [ -f "$root/node_modules/.package-lock.json" ] &&
      ! [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
  fi
}

choose_node() {
  node=$system_node
  stamped_node=$system_node
  is_fit "$system_version" && return 0
  stamped_node=node_modules/node/bin/node
  node=$root/$stamped_node
  [ -x "$node" ] && is_fit "$(ask_node "$node" process.version)"
}

# Node runs TypeScript as it is from 22.19 and 23.6 on.
is_fit() {
  fit_version=${1#v}
  fit_major=${fit_version%%.*}
  fit_minor=${fit_version#*.}
  fit_minor=${fit_minor%%.*}
  case $fit_major:$fit_minor in :* | *: | *[!0-9:]*) return 1 ;; esac
  case $fit_major in
    22) [ "$fit_minor" -ge 19 ] ;;
    23) [ "$fit_minor" -ge 6 ] ;;
    *) [ "$fit_major" -ge 24 ] ;;
  esac
}

# Sets system_version and system_node, both empty without a working Node. Folders that npm puts on the PATH are passed over.
find_system_node() {
  system_node=
  system_version=
  rest=$PATH:
  while [ -n "$rest" ]; do
    candidate=${rest%%:*}
    rest=${rest#*:}
    case $candidate in */node_modules/.bin | */node-gyp-bin | "$root"/node_modules/*) continue ;; esac
    candidate=${candidate:-.}/node
    if [ ! -f "$candidate" ] || [ ! -x "$candidate" ]; then continue; fi
    # A version manager's `node` is a script that chooses by folder, so Node itself is asked where it lies.
    system_version=$(ask_node "$candidate" process.version)
    system_node=$(ask_node "$candidate" process.execPath)
    return
  done
}

ask_node() {
  NODE_OPTIONS='' "$1" -p "$2" 2>/dev/null </dev/null
}

# Only saves time at the next start, so a folder that cannot be written is no error.
write_stamp() {
  new_stamp=$stamp/node.$$
  try_write_stamp 2>/dev/null || rm -f "$new_stamp" 2>/dev/null
}

try_write_stamp() {
  mkdir -p "$stamp" || return 1
  [ ! -f "$root/package-lock.json" ] || copy_lockfile || return 1
  printf '%s\n' "$stamped_node" >"$new_stamp" && touch -r "$node" "$new_stamp" && mv -f "$new_stamp" "$stamp/node"
}

copy_lockfile() {
  [ -f "$stamp/package-lock.json" ] || cp "$root/package-lock.json" "$stamp/package-lock.json" || return 1
  # Same bytes, newer time: git touches files. Taking that time over also settles one that lies in the future.
  ! [ "$root/package-lock.json" -nt "$stamp/package-lock.json" ] ||
    touch -r "$root/package-lock.json" "$stamp/package-lock.json"
}

fail() {
  say "$*"
  exit 2
}

say() {
  printf 'factory: %s\n' "$1" >&2
}
