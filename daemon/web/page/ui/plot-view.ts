import { h, mark, svg } from './dom.ts';
import { drawPlot, PLOT_HEIGHT, PLOT_WIDTH, type Point } from './plot.ts';

export interface PlotView {
  readonly element: SVGElement;
  /** @param name What is drawn, for whoever cannot see it, with how a value is written. */
  update(points: readonly Point[], nowMs: number, name: string, write: Write, top?: number): void;
}

type Write = (value: number) => string;

/** Ten minutes of one figure, a line over its area. */
export function openPlot(): PlotView {
  const area = svg('path', { class: 'area' });
  const line = svg('path', { class: 'line', 'vector-effect': 'non-scaling-stroke' });
  const element = svg(
    'svg',
    {
      class: 'plot',
      viewBox: `0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
    },
    area,
    line,
  );
  return {
    element,
    update: (points, nowMs, name, write, top) => {
      const plot = drawPlot(points, nowMs, top);
      mark(area, 'd', plot.area);
      mark(line, 'd', plot.line);
      const figures =
        plot.now === null || plot.most === null
          ? 'not known'
          : `now ${write(plot.now)}, at most ${write(plot.most)}`;
      mark(element, 'aria-label', `${name}, the last 10 minutes: ${figures}`);
    },
  };
}

/** Plots over one another, with a line above that says what they are. */
export function framePlots(caption: HTMLElement, ...plots: readonly PlotView[]): HTMLElement {
  const ground = h('div', { class: 'ground' }, ...plots.map(({ element }) => element));
  return h('div', { class: 'plots' }, caption, ground);
}

export function openCaption(text = ''): HTMLElement {
  return h('p', { class: 'top', 'aria-hidden': 'true' }, text);
}
