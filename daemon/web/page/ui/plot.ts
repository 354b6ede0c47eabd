/** Lines of a plot as SVG path data, in an area of 300 by 100. Pure. */

export interface Point {
  /** Unix time in ms. */
  readonly atMs: number;
  readonly value: number | null;
}

export interface Plot {
  /** Empty without values. */
  readonly line: string;
  readonly area: string;
  readonly now: number | null;
  readonly max: number | null;
}

export const PLOT_WIDTH = 300;
export const PLOT_HEIGHT = 100;
const SPAN_MS = 600_000;
/** Samples further apart than this are not joined. */
const GAP_MS = 7_000;

/** Draws the ten minutes before `nowMs`; values from 0 to `top` or to the highest of them. */
export function drawPlot(points: readonly Point[], nowMs: number, top?: number): Plot {
  const shown = points.filter(({ atMs }) => atMs > nowMs - SPAN_MS && atMs <= nowMs + GAP_MS);
  const values = shown.flatMap(({ value }) => (value === null ? [] : [value]));
  const max = values.length === 0 ? null : Math.max(...values);
  const scale = top ?? Math.max(1e-9, (max ?? 0) * 1.15);
  const place = ({ atMs, value }: { readonly atMs: number; readonly value: number }) => {
    const x = PLOT_WIDTH * (1 - Math.max(0, nowMs - atMs) / SPAN_MS);
    const y = PLOT_HEIGHT * (1 - Math.min(1, Math.max(0, value / scale)));
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const strokes = strokesOf(shown);
  const line = strokes.map((stroke) => `M${stroke.map(place).join('L')}`).join('');
  const area = strokes.map((stroke) => {
    const [first, last] = [stroke[0], stroke.at(-1)];
    if (first === undefined || last === undefined) return '';
    const foot = (point: Known) => `${place(point).split(' ')[0]} ${PLOT_HEIGHT}`;
    return `M${foot(first)}L${stroke.map(place).join('L')}L${foot(last)}Z`;
  });
  return { line, area: area.join(''), now: shown.at(-1)?.value ?? null, max };
}

type Known = { readonly atMs: number; readonly value: number };

/** Runs of values without a gap. */
function strokesOf(points: readonly Point[]): readonly (readonly Known[])[] {
  const strokes: Known[][] = [];
  let lastMs = -Infinity;
  for (const { atMs, value } of points) {
    if (value === null) {
      lastMs = -Infinity;
      continue;
    }
    if (atMs - lastMs > GAP_MS) strokes.push([]);
    strokes.at(-1)?.push({ atMs, value });
    lastMs = atMs;
  }
  return strokes;
}
