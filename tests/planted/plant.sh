#!/bin/sh
# plant.sh SOURCE_DIR PATCH OUTPUT: a copy of the file that the patch names, with its mistake in it.
set -eu
cp "$1/$(sed -n '1s|^--- ||p' "$2")" "$3.new"
patch -s "$3.new" "$2"
mv "$3.new" "$3"
