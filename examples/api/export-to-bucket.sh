#!/bin/sh
# Puts every example of a project into a bucket, as PROJECT/2026-02-12.jsonl. For S3 and what speaks like it: R2, MinIO, Spaces.
#
#   export BUCKET_URL=https://my-bucket.s3.eu-central-1.amazonaws.com
#   export AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…
#   AIT_KEY=ait_sk_… sh examples/api/export-to-bucket.sh PROJECT
set -eu
project=${1:?Use: export-to-bucket.sh PROJECT}
: "${BUCKET_URL:?is the address of the bucket}" "${AWS_REGION:?is missing}"
: "${AWS_ACCESS_KEY_ID:?is missing}" "${AWS_SECRET_ACCESS_KEY:?is missing}"

file=$(mktemp)
trap 'rm -f "$file"' EXIT
sh "$(dirname "$0")/export.sh" "$project" "$file" > /dev/null

name="$project/$(date -u +%F).jsonl"
# the bucket wants to know what it gets; shasum is what a Mac calls it
hash=$(sha256sum "$file" 2> /dev/null || shasum -a 256 "$file")

# curl signs it; the secret comes by its standard input, since everybody on the machine can read its arguments
curl --silent --show-error --fail-with-body --retry 3 --config - \
	--aws-sigv4 "aws:amz:$AWS_REGION:s3" \
	-H "Content-Type: application/jsonl" -H "x-amz-content-sha256: ${hash%% *}" \
	${AWS_SESSION_TOKEN:+-H "x-amz-security-token: $AWS_SESSION_TOKEN"} \
	-T "$file" "$BUCKET_URL/$name" << SECRET
user = "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"
SECRET
echo "$(wc -l < "$file" | tr -d ' ') examples in $name"
