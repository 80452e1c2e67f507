#!/bin/sh
# What becomes of a release, one step after another and without any isolation: what
# `npm run bench -- release` holds the portal and its runner against. Prints how long each
# step took, in milliseconds: STEP<TAB>MS.
#
# All it needs is in the environment: ARCHIVE_URL, GITHUB_TOKEN, COMMIT, FILTER, VERSION,
# REPOSITORY (HOST/PATH of the image), WORK (an empty folder), MODULES and STANDARD_CACHE (as
# the runner keeps them), ENVOYS, ENVOY_RUNNER, GOVULNCHECK, GOVULNDB, CRANE, COSIGN,
# COSIGN_PRIVATE_KEY, COSIGN_PASSWORD.
set -eu
cd "$WORK"
export GOMODCACHE="$MODULES" GOFLAGS='-mod=readonly -buildvcs=false' GOTOOLCHAIN=local \
  GOENV=off GOWORK=off GOTELEMETRY=off CGO_ENABLED=1 GOTMPDIR="$WORK/tmp"
mkdir tmp

begun=$(date +%s%N)
done_with() {
  now=$(date +%s%N)
  printf '%s\t%s\n' "$1" $(((now - begun) / 1000000))
  begun=$now
}
fail() {
  echo "$1" >&2
  exit 1
}

curl -fsSL -H "Authorization: Bearer $GITHUB_TOKEN" -o source.tar.gz "$ARCHIVE_URL"
mkdir source
tar -xzf source.tar.gz -C source --strip-components=1
done_with source

cp -r source module
(
  cd module
  go mod download
  go mod verify
  cmp go.mod ../source/go.mod
  cmp go.sum ../source/go.sum
  GOFLAGS='' go list -mod=mod -m -json all >../modules.json
) >modules.log 2>&1 || fail "$(cat modules.log)"
done_with modules

export GOPROXY=off GOSUMDB=off
cp -r "$STANDARD_CACHE" checks-cache
cp -r source vet
(cd vet && GOCACHE="$WORK/checks-cache" go vet ./...)
done_with vet
cp -r source test
(cd test && GOCACHE="$WORK/checks-cache" go test -v -p=1 ./... >../test.log) ||
  fail "$(cat test.log)"
done_with test

for place in first second-elsewhere; do
  cp -r "$STANDARD_CACHE" "$place-cache"
  cp -r source "$place"
  (
    cd "$place"
    GOCACHE="$WORK/$place-cache" go build -trimpath -buildmode=c-shared \
      -o "$WORK/$place.so" ./cmd/envoy-module
  )
done
[ "$(sha256sum <first.so)" = "$(sha256sum <second-elsewhere.so)" ] ||
  fail 'Building twice gave different libraries'
mkdir image
mv first.so "image/lib$FILTER.so"
library="$WORK/image/lib$FILTER.so"
go version -m -json "$library" >build-info.json
done_with build

readelf -h "$library" | grep -q 'Type: *DYN' || fail 'It is no shared library'
readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >needed.txt
if grep -qvE '^lib(c|pthread|dl|m|rt|resolv)\.so|^ld-linux' needed.txt; then
  fail "It needs $(cat needed.txt)"
fi
readelf -W --dyn-syms "$library" >symbols.txt
grep -q 'envoy_dynamic_module_on_program_init' symbols.txt || fail 'It is no module of Envoy'
readelf -V "$library" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 >glibc.txt
done_with library

for envoy in $ENVOYS; do
  $ENVOY_RUNNER prove source --envoy "$envoy" --library "$library" --json \
    >"proof-$envoy.json" 2>proof.log || fail "$(cat proof.log "proof-$envoy.json")"
  done_with "proof $envoy"
done
jq -cs '{results: map(.results[])}' proof-*.json >proof.json

"$GOVULNCHECK" -mode=extract "$library" >scan.json
"$GOVULNCHECK" -mode=binary -format=json -db="$GOVULNDB" scan.json >vulnerabilities.json
done_with vulnerabilities

# An OCI image layout, to which blobs are added: prints what describes the blob
add_blob() { # LAYOUT TYPE FILE
  mkdir -p "$1/blobs/sha256"
  hash=$(sha256sum <"$3" | cut -c 1-64)
  cp "$3" "$1/blobs/sha256/$hash"
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$2" "$hash" "$(stat -c %s "$3")"
}
push() { # LAYOUT DESCRIPTOR
  printf '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
  printf '{"schemaVersion":2,"manifests":[%s]}' "$2" >"$1/index.json"
  "$CRANE" push "$1" "$REPOSITORY@$(digest "$2")" >/dev/null 2>>push.log || fail "$(cat push.log)"
}
digest() {
  printf '%s' "$1" | jq -r .digest
}
oci=application/vnd.oci.image

licence=$(ls source | grep -iE '^(licen[sc]e|copying)' | head -n 1)
cp "source/$licence" image/LICENSE
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C image -cf layer.tar .
layer_id=sha256:$(sha256sum <layer.tar | cut -c 1-64)
gzip -n -6 layer.tar
layer=$(add_blob layout $oci.layer.v1.tar+gzip layer.tar.gz)
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["%s"]}}' \
  "$layer_id" >config.json
config=$(add_blob layout $oci.config.v1+json config.json)
annotations="{\"org.opencontainers.image.version\":\"$VERSION\",\"org.opencontainers.image.revision\":\"$COMMIT\"}"
printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s],"annotations":%s}' \
  $oci.manifest.v1+json "$config" "$layer" "$annotations" >manifest.json
manifest=$(add_blob layout $oci.manifest.v1+json manifest.json)
printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s],"annotations":%s}' \
  $oci.index.v1+json "$manifest" "$annotations" >index.json
index=$(add_blob layout $oci.index.v1+json index.json)
! "$CRANE" digest "$REPOSITORY:$VERSION" >/dev/null 2>&1 || fail "$VERSION is there already"
push layout "$index"
done_with image

refer() { # NAME SUBJECT TYPE FILE
  printf '{}' >empty.json
  empty=$(add_blob "$1" "$3" empty.json)
  document=$(add_blob "$1" "$3" "$4")
  printf '{"schemaVersion":2,"mediaType":"%s","artifactType":"%s","config":%s,"layers":[%s],"subject":%s}' \
    $oci.manifest.v1+json "$3" "$empty" "$document" "$2" >"$1.manifest.json"
  referrer=$(add_blob "$1" $oci.manifest.v1+json "$1.manifest.json")
  push "$1" "$referrer"
}
jq -c '{bomFormat: "CycloneDX", specVersion: "1.6", components: [(.Deps // [])[] |
  {type: "library", name: .Path, version: .Version, purl: "pkg:golang/\(.Path)@\(.Version)"}]}' \
  build-info.json >sbom.json
refer sbom "$manifest" application/vnd.cyclonedx+json sbom.json
sbom=$referrer
jq -nc --arg commit "$COMMIT" --arg name "$REPOSITORY" --arg digest "$(digest "$index")" \
  '{_type: "https://in-toto.io/Statement/v1", predicateType: "https://slsa.dev/provenance/v1",
    subject: [{name: $name, digest: {sha256: $digest[7:]}}],
    predicate: {buildDefinition: {externalParameters: {commit: $commit}}}}' >provenance.json
refer provenance "$index" application/vnd.in-toto+json provenance.json
provenance=$referrer
refer proof "$index" application/vnd.envoygo.proof.v1+json proof.json
done_with referrers

set --
for signed in "$index" "$manifest" "$sbom" "$provenance" "$referrer"; do
  set -- "$@" "$REPOSITORY@$(digest "$signed")"
done
"$COSIGN" sign --key env://COSIGN_PRIVATE_KEY --tlog-upload=false --yes "$@" \
  2>sign.log || fail "$(cat sign.log)"
done_with signatures

minor=${VERSION%.*}
for tag in "$VERSION" "$minor" "${minor%.*}" latest; do
  "$CRANE" tag "$REPOSITORY@$(digest "$index")" "$tag" 2>tag.log || fail "$(cat tag.log)"
done
done_with tags
