/** Plots of the last ten minutes, as SVG elements. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { stageTexts as text } from '../text/texts.ts';
import { h, setAttribute, svg } from './dom.ts';
import { drawPlot, PLOT_HEIGHT, PLOT_WIDTH, type Point } from './plot.ts';

export interface PlotView {
  readonly element: SVGElement;
  /** @param name For screen readers. */
  update(points: readonly Point[], nowMs: number, name: string, format: Format, top?: number): void;
}

type Format = (value: number) => string;

/** One figure, as a line over its area. */
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
    update: (points, nowMs, name, format, top) => {
      const plot = drawPlot(points, nowMs, top);
      setAttribute(area, 'd', plot.area);
      setAttribute(line, 'd', plot.line);
      const label =
        plot.now === null || plot.max === null
          ? fill(text.plotUnknown, { name })
          : fill(text.plotFigures, { name, now: format(plot.now), max: format(plot.max) });
      setAttribute(element, 'aria-label', label);
    },
  };
}

/** Overlaid plots, with a caption above. */
export function framePlots(caption: HTMLElement, ...plots: readonly PlotView[]): HTMLElement {
  const ground = h('div', { class: 'ground' }, ...plots.map(({ element }) => element));
  return h('div', { class: 'plots' }, caption, ground);
}

export function openCaption(caption = ''): HTMLElement {
  return h('p', { class: 'top', 'aria-hidden': 'true' }, caption);
}
