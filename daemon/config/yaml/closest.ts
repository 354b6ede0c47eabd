/** Finds the known word for a "did you mean" after an unknown one. */

/** `; did you mean --config?`, or nothing where no known word is near. */
export function closest(word: string, known: readonly string[], prefix = ''): string {
  const near = known
    .map((name) => ({ name, distance: distanceOf(word, name) }))
    .filter(({ name, distance }) => isNear(word, name, distance))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return near === undefined ? '' : `; did you mean ${prefix}${near.name}?`;
}

function isNear(word: string, name: string, distance: number): boolean {
  const isBegun = word.length >= 3 && name.startsWith(word);
  return isBegun || distance <= Math.max(1, Math.floor(name.length / 3));
}

/** Letters to insert, delete, change or swap with the next one (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  let before: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const costs = [
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        ...(isSwapped ? [(before[j - 2] ?? 0) + 1] : []),
      ];
      row.push(Math.min(...costs));
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
