#!/bin/sh
# Saves every example of a project, with ratings and rewrites, as JSONL. Importing that file gives the same examples.
#
#   AIT_KEY=ait_sk_… sh examples/api/export.sh PROJECT FILE
set -eu
project=${1:?Use: export.sh PROJECT FILE}
file=${2:?Use: export.sh PROJECT FILE}

# into another name first, so that a broken download never stands where a whole one is expected
curl --silent --show-error --fail-with-body \
	"${AIT_URL:-http://localhost:3000}/api/v1/projects/$project/export" \
	-H "Authorization: Bearer $AIT_KEY" \
	-o "$file.part"
mv "$file.part" "$file"
echo "$(wc -l < "$file" | tr -d ' ') examples in $file"
