#!/bin/sh
# Prints the SBOM of a packed release in CycloneDX format: scripts/sbom.sh tenant-vault-0.1.0.tgz
# The SBOM lists what npm installs with the package, peer dependencies included. In the checkout, "npm sbom --omit dev"
# would leave out the runtime dependencies that a development dependency needs as well.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# npm names the SBOM's subject after the folder.
mkdir "$work/tenant-vault"
tar -xzf "$1" -C "$work/tenant-vault" --strip-components 1
cd "$work/tenant-vault"
npm pkg delete devDependencies workspaces
npm install --ignore-scripts --no-audit --no-fund --silent
npm sbom --sbom-format cyclonedx --sbom-type library
