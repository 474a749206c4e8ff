#!/bin/sh
# Write NOTICES.txt: the licence of each module in the binary, as the licences ask.
# The test of licenses.txt has read which ones those are.
set -eu
cd "$(dirname "$0")/.."
{
	echo "Twokey contains these modules, each under its own licence."
	go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./bot |
		sort -u | while read -r path version dir; do
		[ -n "$path" ] || continue
		printf '\n==== %s %s\n\n' "$path" "$version"
		find "$dir" -maxdepth 1 -type f \( -iname 'LICEN[CS]E*' -o -iname 'COPYING*' -o -iname 'NOTICE*' \) |
			sort | while read -r file; do cat "$file"; done
	done
} > NOTICES.txt
