/** The uplink, its links, and further destinations: each with its figures. */
import type { ModemState } from '../../../../hal/modem/port.ts';
import type { LinkSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { type JoinedLink, joinLinks } from '../../../model/linked-modems.ts';
import type { Sample } from '../../history.ts';
import type { View } from '../../protocol.ts';
import { labelTexts, stageTexts, boxTexts as text } from '../text/texts.ts';
import { describeBackfill, openDestinations } from '../ui/destination-list.ts';
import { card, h, setAttribute, setText, updateChildren, updateFacts } from '../ui/dom.ts';
import { formatBps, formatMs, formatPct } from '../ui/format.ts';
import { framePlots, openCaption, openPlot } from '../ui/plot-view.ts';
import type { Section } from '../ui/section.ts';
import { barsOf } from './signal-bars.ts';

interface Row {
  readonly element: HTMLElement;
  update(row: JoinedLink, history: readonly Sample[], nowMs: number): void;
}

export function openLinks(): Section {
  const uplink = h('p', { class: 'uplink' });
  const list = h('ul', { class: 'links' });
  const none = h('p', { class: 'calm' });
  const rows = new Map<Element, Row>();
  const renderRow = () => {
    const row = openRow();
    rows.set(row.element, row);
    return row.element;
  };
  const destinations = openDestinations();
  const backfill = h('p', { class: 'calm' });
  const element = card(
    'links',
    labelTexts['uplink.links'],
    uplink,
    list,
    none,
    destinations.element,
    backfill,
  );
  return {
    element,
    update: ({ view, history }, nowMs) => {
      const found = joinLinks(view);
      setText(uplink, describeUplink(view));
      setText(none, describeNoLinks(view));
      none.hidden = found.length > 0;
      destinations.update(view);
      setText(backfill, describeBackfill(view));
      backfill.hidden = view.backfill === undefined;
      updateChildren(
        list,
        found,
        ({ id }) => id,
        renderRow,
        (item, row) => rows.get(item)?.update(row, history, nowMs),
      );
      for (const item of rows.keys()) if (!item.isConnected) rows.delete(item);
    },
  };
}

function describeNoLinks({ modems }: View): string {
  if (modems.phase === 'away') return fill(text.modemsUnreadable, { reason: modems.reason });
  return text.noLinks;
}

function describeUplink({ uplink, plannedLinks, destinations }: View): string {
  if (uplink === undefined || uplink.phase === 'off') {
    if (plannedLinks === undefined && (destinations?.length ?? 0) > 0) return '';
    return plannedLinks === undefined || plannedLinks.length === 0
      ? text.noUplink
      : text.uplinkLater;
  }
  if (uplink.phase === 'connecting') {
    return uplink.reason === undefined
      ? text.connecting
      : fill(text.connectingWhy, { reason: uplink.reason });
  }
  const { srt, bitrateBps, targetBps } = uplink;
  const figures = { rate: formatBps(bitrateBps), target: formatBps(targetBps) };
  const rates = fill(text.connectedSending, figures);
  if (srt === undefined) return rates;
  const count = String(srt.droppedTotal);
  const lost = srt.droppedTotal === 0 ? '' : `, ${fill(text.packetsLost, { count })}`;
  const times = { time: formatMs(srt.rttMs), latency: String(srt.latencyMs) };
  return `${rates}. ${fill(text.srtFigures, times)}${lost}`;
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
  const share = h('i', { class: 'part' });
  const shareBar = h('span', { class: 'share', 'aria-hidden': 'true' }, share);
  const plots = openLinkPlots();
  const head = h('div', { class: 'head' }, name, state, bars, radio);
  const element = h('li', {}, head, list, shareBar, plots.element);
  return {
    element,
    update: ({ id, link, modem, isConfigured }, history, nowMs) => {
      setText(name, id);
      setAttribute(element, 'data-state', link === undefined ? 'radio' : stateOf(link).key);
      const unused = isConfigured ? text.startsWithDrop : text.notUsed;
      setText(state, link === undefined ? unused : stateOf(link).label);
      setAttribute(state, 'title', link?.reason);
      updateRadio(bars, radio, modem);
      updateFacts(list, linkFacts(link));
      share.style.width = `${Math.min(100, link?.sharePct ?? 0).toFixed(1)}%`;
      plots.element.hidden = link === undefined;
      shareBar.hidden = link === undefined;
      plots.update(id, history, nowMs);
    },
  };
}

const STATES: Readonly<Record<LinkSnapshot['state'], string>> = {
  active: text.inUse,
  suspect: text.unreliable,
  stalled: text.stalled,
  out: text.down,
};

function stateOf(link: LinkSnapshot): { readonly key: string; readonly label: string } {
  if (!link.isEnabled) return { key: 'off', label: text.switchedOff };
  if (link.isSpent) return { key: 'off', label: text.dataUsedUp };
  const label = STATES[link.state];
  return { key: link.state, label: link.isBackup ? fill(text.backup, { state: label }) : label };
}

function linkFacts(
  link: LinkSnapshot | undefined,
): readonly (readonly [string, string | undefined])[] {
  if (link === undefined) return [];
  return [
    [text.roundTrip, link.rttMs === undefined ? '—' : formatMs(link.rttMs)],
    [text.loss, formatPct(link.lossPct)],
    [text.share, formatPct(link.sharePct)],
    [stageTexts.sending, formatBps(link.bitrateBps)],
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

const REGISTRATION: Readonly<Record<ModemState['registration'], string>> = {
  failed: text.radioFailed,
  locked: text.radioLocked,
  off: text.radioOff,
  searching: text.radioSearching,
  denied: text.radioDenied,
  registered: text.radioRegistered,
  connected: '',
  unknown: text.unknown,
};

const SIM: Readonly<Record<ModemState['sim'], string>> = {
  ready: '',
  pin: text.simPin,
  puk: text.simPuk,
  absent: text.simAbsent,
  unknown: text.simUnknown,
};

function updateRadio(bars: HTMLElement, radio: HTMLElement, modem: ModemState | undefined): void {
  const count = modem && barsOf(modem);
  bars.hidden = count === undefined;
  setAttribute(bars, 'data-bars', String(count ?? 0));
  setAttribute(bars, 'aria-label', fill(text.signalOf, { count: String(count ?? 0) }));
  const words = modem && [
    TECHNOLOGY[modem.technology],
    modem.operator,
    REGISTRATION[modem.registration],
    SIM[modem.sim],
    modem.rsrpDbm === undefined ? undefined : `${modem.rsrpDbm} dBm`,
  ];
  setText(radio, words?.filter((word) => word !== undefined && word !== '').join(' · ') ?? '');
}

const LOSS_TOP_PCT = 20;

/** Round trip as a line, loss as an area over it. */
function openLinkPlots() {
  const rtt = openPlot();
  const loss = openPlot();
  loss.element.classList.add('over');
  const caption = openCaption();
  return {
    element: framePlots(caption, rtt, loss),
    update: (id: string, history: readonly Sample[], nowMs: number) => {
      const pointsOf = (figure: 'rttMs' | 'lossPct') =>
        history.map(({ atMs, links }) => ({ atMs, value: links[id]?.[figure] ?? null }));
      const rtts = pointsOf('rttMs');
      const max = Math.max(50, ...rtts.map(({ value }) => value ?? 0));
      rtt.update(rtts, nowMs, fill(text.roundTripOf, { link: id }), formatMs, max * 1.1);
      loss.update(
        pointsOf('lossPct'),
        nowMs,
        fill(text.lossOf, { link: id }),
        formatPct,
        LOSS_TOP_PCT,
      );
      const [top, lossTop] = [formatMs(max), `${LOSS_TOP_PCT} %`];
      setText(caption, fill(text.linkPlot, { top, loss: lossTop }));
    },
  };
}
