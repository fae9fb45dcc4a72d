#!/usr/bin/env bash
# Kills imports, postings, whole runs, calls of the schedule and sendings of mail at many moments, runs them again, and
# compares with a run that nobody disturbed; of mail, that no message arrived twice.
#
#   tests/kill.sh [KILLS] [SEED]     200 kills and seed 1 unless given
#
# A quarter of the kills is of each. With strace, most come when the program calls the system to write,
# sync, rename or remove; the others, and all without strace, after a random time. Ends with 0 if after every kill the
# ledger, the usage files and the documents are those of the undisturbed run, and with an error otherwise, or if too few
# kills hit a living process.
set -euo pipefail
cd "$(dirname "$0")/.."

export TOLLBOOK_KILLS="${1:-200}" TOLLBOOK_SEED="${2:-1}"
cargo test --locked --quiet --test it -- recovery:: delivery::killed --nocapture
