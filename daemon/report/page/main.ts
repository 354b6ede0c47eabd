/** The page of a drop's report: what is in it was written into the page by the box. */
import uPlot from 'uplot';
import { fill } from '../../../pipelines/player/text/fill.ts';
import type { Language } from '../../../pipelines/player/text/language.ts';
import { formatsIn, localeOf } from '../../figures/formats-in.ts';
import { localTime } from '../../model/rounding.ts';
import type { DropRecord } from '../record.ts';
import type { ReportTexts } from '../text/en.ts';
import { duration, percent, rowsIn } from './facts.ts';
import { type Plot, plotsOf } from './plots.ts';

interface Data {
  readonly box: string;
  readonly language: Language;
  readonly texts: ReportTexts['page'];
  /** One, or two that are compared. */
  readonly records: readonly DropRecord[];
}

const COLOURS = [
  '#2f6fde',
  '#d1495b',
  '#2a9d5c',
  '#c77d0a',
  '#7b4bc9',
  '#168aa0',
  '#8a5a2b',
  '#777',
];
const PLOT_HEIGHT_PX = 220;

const data = JSON.parse(document.getElementById('data')?.textContent ?? '{}') as Data;
const main = document.getElementById('report');
const { texts: says } = data;
const locale = localeOf(data.language);
const { formatBps, formatBytes } = formatsIn(locale);
if (main !== null) show(main, data);

function show(place: HTMLElement, { box, records }: Data): void {
  const names = records.map(nameOf);
  const [one = '', other] = names;
  const drops = other === undefined ? one : fill(says.both, { one, other });
  document.title = fill(says.title, { drops });
  place.append(
    element('h1', drops),
    element('p', fill(says.of, { box }), 'dim'),
    element('h2', says.inShort),
    summary(records, names),
    element('h2', says.overTime),
    element('p', says.drag, 'dim'),
  );
  const plots = element('div', '', 'plots');
  place.append(plots);
  const drawn = plotsOf(records, names, says);
  for (const plot of drawn) draw(plots, plot);
  if (drawn.length === 0) plots.append(element('p', says.noFigures, 'dim'));
  for (const [i, record] of records.entries()) {
    const of = records.length > 1 ? `, ${names[i] ?? ''}` : '';
    addTables(place, record, of);
  }
}

/** Two evenings of one title differ by their date. */
function nameOf({ drop, report }: DropRecord): string {
  const title = report?.title ?? drop;
  return report === null ? title : `${title}, ${localTime(Date.parse(report.started), locale)}`;
}

function summary(records: readonly DropRecord[], names: readonly string[]): HTMLElement {
  const head = records.length > 1 ? ['', ...names] : [];
  const rows = rowsIn(says, locale).map(([name, value]) => [
    name,
    ...records.map(({ report }) => (report === null ? says.stillOn : value(report))),
  ]);
  return table(head, rows);
}

function addTables(place: HTMLElement, { report, log, started_ms }: DropRecord, of: string): void {
  const links = report?.links ?? [];
  if (links.length > 0) {
    const rows = links.map((link) => [
      link.id,
      formatBytes(link.sent_b),
      link.share_ratio === null ? '–' : percent(link.share_ratio),
      link.bitrate_bps === null ? '–' : formatBps(link.bitrate_bps),
      formatBps(link.bitrate_max_bps),
    ]);
    place.append(
      element('h2', `${says.links}${of}`),
      table([says.link, says.sent, says.share, says.bitrate, says.atMost], rows),
    );
  }
  const lost = report?.failover_log ?? [];
  if (lost.length > 0) {
    const rows = lost.map(({ at, link, to, reason }) => [
      duration((Date.parse(at) - started_ms) / 1000),
      link,
      to,
      reason,
    ]);
    const head = [says.after, says.link, says.next, says.why];
    place.append(element('h2', `${says.linksLost}${of}`), table(head, rows));
  }
  if (log.length === 0) return;
  const rows = log.map(({ at_s, text }) => [duration(at_s), text]);
  place.append(element('h2', `${says.whatHappened}${of}`), table([says.after, ''], rows));
}

function draw(place: HTMLElement, { title, unit, atS, lines }: Plot): void {
  const box = element('div', '', 'plot');
  const heading = element('h3', unit === '' ? title : `${title} (${unit})`);
  place.append(box);
  box.append(heading);
  const style = getComputedStyle(document.documentElement);
  const axis = {
    stroke: style.getPropertyValue('--dim'),
    grid: { stroke: style.getPropertyValue('--edge'), width: 1 },
  };
  const width = () => Math.max(240, box.clientWidth - 20);
  const plot = new uPlot(
    {
      width: width(),
      height: PLOT_HEIGHT_PX,
      scales: { x: { time: false } },
      series: [
        { label: says.after, value: (_, s) => (s === null ? '' : duration(s)) },
        ...lines.map(({ label }, i) => ({
          label,
          stroke: COLOURS[i % COLOURS.length] ?? '#777',
          width: 1.5,
          value: (_: uPlot, value: number | null) =>
            value === null ? '–' : String(rounded(value)),
        })),
      ],
      axes: [{ ...axis, values: (_, ticks) => ticks.map(duration) }, axis],
    },
    [[...atS], ...lines.map(({ values }) => [...values])],
    box,
  );
  addEventListener('resize', () => plot.setSize({ width: width(), height: PLOT_HEIGHT_PX }));
}

const rounded = (value: number) => Math.round(value * 100) / 100;

function table(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const made = element('table');
  if (head.length > 0) {
    const line = element('tr');
    line.append(...head.map((text) => element('th', text)));
    const top = element('thead');
    top.append(line);
    made.append(top);
  }
  const body = element('tbody');
  for (const [name = '', ...values] of rows) {
    const line = element('tr');
    line.append(element('th', name), ...values.map((text) => element('td', text)));
    body.append(line);
  }
  made.append(body);
  return made;
}

function element(tag: string, text = '', name = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name !== '') made.className = name;
  return made;
}
