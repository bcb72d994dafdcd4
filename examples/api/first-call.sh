#!/bin/sh
# The first call: which team this key opens, and the newest examples of its first project.
#
#   export AIT_KEY=ait_sk_…              from the team's settings, or as `npm run demo` prints it
#   export AIT_URL=http://localhost:3000 where aitelier runs; this is the default
#   sh examples/api/first-call.sh
set -eu
api="${AIT_URL:-http://localhost:3000}/api/v1"

ask() {
	curl --silent --show-error --fail-with-body "$api$1" -H "Authorization: Bearer $AIT_KEY"
}

echo "Who am I?"
ask /me
echo

# the first "slug" of the answer, without asking for a program that reads JSON
project=$(ask /projects | grep -o '"slug":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
echo "The newest examples of $project:"
ask "/projects/$project/examples?limit=3"
echo
