#!/bin/sh
# Everything that needs no test run. ESLint takes as long as all the others together, so it runs beside them.
set -eu
eslint . &
lint=$!
trap 'kill "$lint" 2>/dev/null || true' EXIT
tsc
prettier --check . --log-level warn
npm run --silent check:imports
npm run --silent api:check
knip
npm run --silent shellcheck
wait "$lint"
