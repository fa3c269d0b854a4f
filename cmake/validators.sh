#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# validators.sh FOLDER: what the test reports/validators asks about pages and SARIF files, from npm: some
# 120 MB.
set -eu

exec npm install --silent --no-audit --no-fund --prefix "$1" html-validate@10 @microsoft/sarif-multitool@5
