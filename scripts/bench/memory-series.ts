/** Memory of one process over time: the n-th figure is that of the n-th sample, in MB. */
export type Series = readonly (number | undefined)[];

/**
 * By how much it grows, in MB an hour: the line through all samples from `from`
 * on with the least squares. A heap that breathes moves its end, not this.
 *
 * @returns undefined with fewer than three samples.
 */
export function slopeMbPerHour(
  series: Series,
  from: number,
  samplesPerHour: number,
): number | undefined {
  const points = series.flatMap((mb, i) => (mb === undefined || i < from ? [] : [{ x: i, mb }]));
  if (points.length < 3) return undefined;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanMb = points.reduce((sum, { mb }) => sum + mb, 0) / points.length;
  const over = points.reduce((sum, { x, mb }) => sum + (x - meanX) * (mb - meanMb), 0);
  const under = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return (over / under) * samplesPerHour;
}

/** The middle one; undefined where there is none. */
export function medianMb(series: Series): number | undefined {
  const known = series.filter((mb) => mb !== undefined).toSorted((a, b) => a - b);
  return known[known.length >> 1];
}

const COLOURS = ['#0a7', '#07c', '#c50', '#a0a', '#555', '#880'];

/** A plot of several, as an SVG document. */
export function renderPlot(all: ReadonlyMap<string, Series>): string {
  const [width, height] = [800, 400];
  const top = Math.max(1, ...[...all.values()].flat().map((mb) => mb ?? 0)) * 1.1;
  const lines = [...all].map(([name, series], i) => {
    const points = series.flatMap((mb, x) =>
      mb === undefined
        ? []
        : `${((x * width) / series.length).toFixed(1)},${(height - (mb * height) / top).toFixed(1)}`,
    );
    const colour = COLOURS[i % COLOURS.length];
    return `<polyline fill="none" stroke="${colour}" points="${points.join(' ')}"/><text x="8" y="${20 + i * 18}" fill="${colour}">${name} (0-${Math.round(top)} MB)</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="14"><rect width="100%" height="100%" fill="#fff"/>${lines.join('')}</svg>\n`;
}
