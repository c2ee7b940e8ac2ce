#!/usr/bin/env bash
# From `npm pack` in an empty project: a TypeScript plugin with a source, a host stage, a device stage with variables and a
# loss is made, tested, built and trained without touching the package.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" >/dev/null
cd "$work"
tarball=$(ls faceflow-*.tgz)
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund "./$tarball"
npx flow new plugin demo
cd flow-plugin-demo
npm install --silent --no-audit --no-fund "../$tarball"
npm test --silent
npm run --silent build
npx flow check pipeline.yaml
npx flow run pipeline.yaml --name first
