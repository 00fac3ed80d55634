#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the pictures of the README anew, with the tests that make them. Takes a quarter of a minute.
set -eu
cd "$(dirname "$0")/.."
./test "half way through its replay"
./test "with the demo half done"
mkdir -p data/readme
cp build/release/screenshots/readme-report.png data/readme/report.png
cp build/release/screenshots/readme-terminal.png data/readme/terminal.png
