#!/usr/bin/env bash
# The framework builds, passes its own tests and trains its example with plugins/ deleted.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r framework bin docs scripts package.json tsconfig.json tsconfig.build.json "$work"
mkdir "$work/test"
cp test/run.ts test/run-group.ts "$work/test"
rm "$work/scripts/check-docs.ts" # compares documents with the plugins
ln -s "$PWD/node_modules" "$work/node_modules"
cd "$work"
npm run --silent build
npm test --silent
node bin/flow.js run framework/example/pipeline.yaml --name alone
