import type { ModemState } from '../../../../hal/modem/port.ts';
import type { LinkSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';
import type { Sample } from '../../history.ts';
import type { View } from '../../wire.ts';
import { card, facts, h, keep, mark, say } from '../ui/dom.ts';
import { formatBps, formatMs, formatPct } from '../ui/format.ts';
import { framePlots, openCaption, openPlot, type PlotView } from '../ui/plot-view.ts';
import type { Part } from '../ui/section.ts';
import { barsOf, type LinkRow, linkRows } from './link-rows.ts';

interface Row {
  readonly element: HTMLElement;
  update(row: LinkRow, history: readonly Sample[], nowMs: number): void;
}

/** The ways upstream: each link's figures and its last ten minutes. */
export function openLinks(): Part {
  const uplink = h('p', { class: 'uplink' });
  const list = h('ul', { class: 'links' });
  const none = h('p', { class: 'calm' });
  const rows = new Map<Element, Row>();
  const make = () => {
    const row = openRow();
    rows.set(row.element, row);
    return row.element;
  };
  const element = card('links', 'Links', uplink, list, none);
  return {
    element,
    update: ({ view, history }, nowMs) => {
      const found = linkRows(
        view.uplink?.bond,
        view.modems,
        view.modemMaintenance,
        view.plannedLinks,
      );
      say(uplink, describeUplink(view));
      say(none, view.modems.phase === 'away' ? view.modems.reason : 'No links are configured.');
      none.hidden = found.length > 0;
      keep(
        list,
        found,
        ({ id }) => id,
        make,
        (item, row) => rows.get(item)?.update(row, history, nowMs),
      );
      for (const item of rows.keys()) if (!item.isConnected) rows.delete(item);
    },
  };
}

function describeUplink({ uplink }: View): string {
  if (uplink === undefined || uplink.phase === 'off') return 'The stream goes nowhere upstream.';
  if (uplink.phase === 'connecting') {
    return uplink.reason === undefined ? 'Connecting…' : `Connecting: ${uplink.reason}`;
  }
  const { srt } = uplink;
  const path =
    srt === undefined ? '' : ` · SRT ${formatMs(srt.rttMs)} RTT, ${srt.latencyMs} ms latency`;
  const dropped =
    srt === undefined || srt.droppedTotal === 0 ? '' : `, ${srt.droppedTotal} dropped`;
  return `Connected · ${formatBps(uplink.bitrateBps)} of ${formatBps(uplink.targetBps)}${path}${dropped}`;
}

function openRow(): Row {
  const name = h('strong');
  const state = h('span', { class: 'state' });
  const bars = h(
    'span',
    { class: 'bars', role: 'img' },
    ...Array.from({ length: 4 }, () => h('i')),
  );
  const radio = h('span', { class: 'radio' });
  const list = h('dl', { class: 'facts four' });
  const share = h('span', { class: 'share', 'aria-hidden': 'true' }, h('i', { class: 'part' }));
  const rtt = openPlot();
  const loss = openPlot();
  loss.element.classList.add('over');
  const caption = openCaption();
  const plots = framePlots(caption, rtt, loss);
  const head = h('div', { class: 'head' }, name, state, bars, radio);
  const element = h('li', {}, head, list, share, plots);
  return {
    element,
    update: ({ id, link, modem, isPlanned }, history, nowMs) => {
      say(name, id);
      mark(element, 'data-state', link === undefined ? 'radio' : stateOf(link).key);
      const unused = isPlanned ? 'waits for the drop' : 'not in the bond';
      say(state, link === undefined ? unused : stateOf(link).word);
      mark(state, 'title', link?.reason);
      drawRadio(bars, radio, modem);
      facts(list, linkFacts(link));
      const fill = share.firstElementChild as HTMLElement;
      fill.style.width = `${Math.min(100, link?.sharePct ?? 0).toFixed(1)}%`;
      plots.hidden = link === undefined;
      share.hidden = link === undefined;
      drawPlots(id, rtt, loss, caption, history, nowMs);
    },
  };
}

const STATES: Readonly<Record<LinkSnapshot['state'], string>> = {
  active: 'in use',
  suspect: 'doubtful',
  stalled: 'stalled',
  out: 'out',
};

function stateOf(link: LinkSnapshot): { readonly key: string; readonly word: string } {
  if (!link.isEnabled) return { key: 'off', word: 'switched off' };
  if (link.isSpent) return { key: 'off', word: 'data used up' };
  const word = STATES[link.state];
  return { key: link.state, word: link.isBackup ? `${word}, backup` : word };
}

function linkFacts(
  link: LinkSnapshot | undefined,
): readonly (readonly [string, string | undefined])[] {
  if (link === undefined) return [];
  return [
    ['RTT', link.rttMs === undefined ? '—' : formatMs(link.rttMs)],
    ['Loss', formatPct(link.lossPct)],
    ['Share', formatPct(link.sharePct)],
    ['Rate', formatBps(link.bitrateBps)],
  ];
}

const TECHNOLOGY: Readonly<Record<ModemState['technology'], string>> = {
  '5g': '5G',
  '5g-nsa': '5G',
  lte: 'LTE',
  '3g': '3G',
  '2g': '2G',
  unknown: '',
};

function drawRadio(bars: HTMLElement, radio: HTMLElement, modem: ModemState | undefined): void {
  const count = modem && barsOf(modem);
  bars.hidden = count === undefined;
  mark(bars, 'data-bars', String(count ?? 0));
  mark(bars, 'aria-label', `signal ${count ?? 0} of 4`);
  const words = modem && [
    TECHNOLOGY[modem.technology],
    modem.operator,
    modem.registration === 'connected' ? undefined : modem.registration,
    modem.sim === 'ready' ? undefined : `SIM ${modem.sim}`,
    modem.rsrpDbm === undefined ? undefined : `${modem.rsrpDbm} dBm`,
  ];
  say(radio, words?.filter((word) => word !== undefined && word !== '').join(' · ') ?? '');
}

/** RTT as a line, loss as what stands up from the ground, in per cent of 20. */
function drawPlots(
  id: string,
  rtt: PlotView,
  loss: PlotView,
  caption: HTMLElement,
  history: readonly Sample[],
  nowMs: number,
): void {
  const pick = (of: 'rttMs' | 'lossPct') =>
    history.map(({ atMs, links }) => ({ atMs, value: links[id]?.[of] ?? null }));
  const rtts = pick('rttMs');
  const most = Math.max(50, ...rtts.map(({ value }) => value ?? 0));
  rtt.update(rtts, nowMs, `RTT of ${id}`, formatMs, most * 1.1);
  loss.update(pick('lossPct'), nowMs, `loss of ${id}`, formatPct, 20);
  say(caption, `RTT up to ${formatMs(most)}, loss in red up to 20 % · 10 min`);
}
