#!/bin/sh
# Hands venuebox.yaml on the boot partition, which any computer can write to, to the box, and
# what came of it back: `fetch` before the start, `report` after it. As root by venuebox.service.
set -u
state=${VENUEBOX_STATE:-/var/lib/venuebox}
box=${VENUEBOX_USER:-venuebox}

# Files of the box are read and written as its user: a link in its folder leads no further.
as_box() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid="$box" --regid="$box" --init-groups -- sh -c "$1" sh "$state/$2"
  else
    sh -c "$1" sh "$state/$2"
  fi
}

found=
# /bootfs: of an image with two systems the one that a computer shows.
for folder in ${VENUEBOX_BOOT:-/bootfs /boot/firmware /boot}; do
  # .txt: some editors add that, and hide it.
  for name in venuebox.yaml venuebox.yaml.txt venuebox.yml; do
    file=$folder/$name
    if [ -z "$found" ] && [ -f "$file" ] && [ ! -L "$file" ]; then found=$file; fi
  done
done
[ -n "$found" ] || exit 0

case ${1:-} in
  fetch)
    # A megabyte is no config: the box says so.
    head -c 1000000 "$found" | as_box 'umask 077; rm -f "$1"; cat >"$1"' boot.yaml
    ;;
  report)
    outcome=$(as_box 'cat "$1"' boot-outcome 2>/dev/null) || exit 0
    said=$(printf '%s\n' "$outcome" | tail -n +2)
    case $outcome in
      taken*)
        printf '%s\n' "$said" >"$found.taken" && sync "$found.taken" || exit 1
        # Not only its name: what was in it stays readable on the card.
        head -c "$(stat -c %s "$found")" /dev/zero | dd of="$found" conv=notrunc,fsync 2>/dev/null
        rm -f "$found" "$found.error"
        # Not erased it would be taken again: the box knows by the outcome that it was.
        [ ! -e "$found" ] || exit 1
        ;;
      *) printf '%s\n' "$said" >"$found.error" && sync "$found.error" ;;
    esac
    as_box 'rm -f "$1"' boot-outcome
    ;;
  *) echo "venuebox-boot: fetch or report" >&2 && exit 2 ;;
esac
