/** Writes .cube files for tests. */

export type Curve = (red: number, green: number, blue: number) => readonly number[];

/** @param keywords Lines before the table. */
export function renderCube(kind: '1D' | '3D', size: number, curve: Curve, keywords = ''): string {
  const lines = [`TITLE "test ${size}"`, '# made by a test', `LUT_${kind}_SIZE ${size}`];
  const step = (index: number) => index / (size - 1);
  const entry = (r: number, g: number, b: number) =>
    curve(r, g, b)
      .map((value) => value.toFixed(6))
      .join(' ');
  const table: string[] = [];
  if (kind === '1D') {
    for (let i = 0; i < size; i += 1) table.push(entry(step(i), step(i), step(i)));
  } else {
    for (let b = 0; b < size; b += 1) {
      for (let g = 0; g < size; g += 1) {
        for (let r = 0; r < size; r += 1) table.push(entry(step(r), step(g), step(b)));
      }
    }
  }
  return `${lines.join('\n')}\n${keywords}\n${table.join('\n')}\n`;
}
