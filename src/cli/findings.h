// SPDX-License-Identifier: MIT
// How `verify` tells what it has found, on standard output.
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "run/verify.h"

// A line for a finding: "missing PATH: WHY (URL)", or an object of JSON.
void finding_print(const struct verify_finding *finding, bool json);

// The line with the counts.
void findings_summary(const struct verify_counts *counts, bool json);

#endif
