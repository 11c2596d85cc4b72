#!/bin/bash
# Stands before a tool on the PATH: notes how it was called, fails once where $WORLD/fail says so, and then is the tool of this world.
tool=${0##*/}
call=$(printf '%s\t' "$tool" "$@")
printf '%s\n' "$call" >>"$WORLD/calls"
if [ -f "$WORLD/fail" ]; then
  for word in "$@"; do
    if [ "$word" = "$(cat "$WORLD/fail")" ]; then
      rm "$WORLD/fail"
      echo 'injected: connection reset by peer' >&2
      exit 1
    fi
  done
fi
exec "$WORLD/tools/$tool" "$@"
