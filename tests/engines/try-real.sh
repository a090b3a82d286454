#!/usr/bin/env bash
# Makes the checks that the tests make of emulators against an index of yours, which is only read:
#   tests/engines/try-real.sh elasticsearch+https://host:9200/INDEX
# Credentials are read from the environment as docs/engines.md says, the file of an authority from
# DOCROT_CA, names of fields from DOCROT_PATH_FIELD and DOCROT_TEXT_FIELD. The index should be at rest.
# Please tell us what it prints.
set -euo pipefail
cd "$(dirname "$0")/../.."

export DOCROT_TRY_ENGINE=${1:?the address of an index, such as elasticsearch+https://host:9200/INDEX}
cargo test --locked --test engines tried:: -- --nocapture
