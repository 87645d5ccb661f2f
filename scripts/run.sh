#!/bin/sh
# shellcheck shell=dash
# sh scripts/run.sh <test|check|fix|build|bench> [args…]: sets up like ./factory, then runs one of the project's own tasks.

main() {
  root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) && cd "$root" || exit 2
  # shellcheck source=scripts/setup.sh
  . "$root/scripts/setup.sh"
  task=${1:-}
  [ "$#" -eq 0 ] || shift
  case $task in
    test | check | fix | build | bench) ;;
    *) fail "unknown task '$task'; one of: test check fix build bench" ;;
  esac
  # An install by hand may lack the dev dependencies.
  setup "$root" node_modules/.bin/tsc
  # Tests run on the Node that the lockfile pins, whatever the system has.
  pinned=$root/node_modules/node/bin
  if is_fit "$(ask_node "$pinned/node" process.version)"; then PATH=$pinned:$PATH; else PATH=${node%/*}:$PATH; fi
  export PATH

  case $task in
    test) run_tests "$@" ;;
    check) run_checks ;;
    fix) node scripts/readme-tables.ts && node scripts/config-page.ts && node scripts/wire-docs.ts && node_modules/.bin/oxfmt . && exec node_modules/.bin/oxlint --fix ;;
    build) exec node scripts/build.ts "$@" ;;
    bench) exec node bench/run.ts "$@" ;;
  esac
}

# Arguments that are no options are the files to run, in place of all.
run_tests() {
  files=
  for argument in "$@"; do
    case $argument in -*) ;; *) files=given ;; esac
  done
  [ -n "$files" ] || set -- "$@" "src/**/*.test.ts" "test/**/*.test.ts"
  processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || processors=2
  node --test --test-concurrency="$processors" --test-timeout=300000 "$@"
}

run_checks() {
  step format "run \`npm run fix\`" node_modules/.bin/oxfmt --check .
  step lint "\`npm run fix\` repairs some; change the rest by hand" node_modules/.bin/oxlint
  step types "change the code at the places above" node_modules/.bin/tsc --noEmit -p .
  step "dead code" "delete what knip lists above" node_modules/.bin/knip
  step tests "run one file with \`npm test -- path/to/name.test.ts\`" run_tests
}

step() {
  step_name=$1
  step_repair=$2
  shift 2
  printf 'check: %s\n' "$step_name" >&2
  "$@" || {
    printf 'check: %s failed; %s\n' "$step_name" "$step_repair" >&2
    exit 1
  }
}

main "$@"
