/** A meter for each channel: RMS as the bar, the peak as a mark, clipping as a word. */

import type { Levels } from '../../../../pipelines/media/levels.ts';
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { isClipped } from '../../../health/thresholds.ts';
import { stageTexts as text } from '../text/texts.ts';
import { card, h, setAttribute, setText, updateChildren } from '../ui/dom.ts';
import type { Section } from '../ui/section.ts';

const FLOOR_DBFS = -60;
/** Clipping and the highest peak are shown for so long. */
const HOLD_MS = 2_500;
const SPEAK_EVERY_MS = 1_000;
const NAMES = [text.left, text.right];

interface Peak {
  dbfs: number;
  atMs: number;
  clippedMs: number;
  spokenMs: number;
}

/** Levels come ten times a second; older ones say nothing about now. */
const STALE_MS = 2_000;

export function openSound(): Section {
  const meters = h('div', { class: 'meters' });
  const none = h('p', { class: 'calm' }, text.noSound);
  const peaks = new Map<Element, Peak>();
  const latest: { levels: Levels | null; sinceMs: number } = { levels: null, sinceMs: 0 };
  const element = card('sound', text.sound, meters, none);
  return {
    element,
    update: ({ levels, view }) => {
      const nowMs = performance.now();
      if (levels !== latest.levels) Object.assign(latest, { levels, sinceMs: nowMs });
      const channels = nowMs - latest.sinceMs > STALE_MS ? [] : channelsOf(levels);
      none.hidden = channels.length > 0;
      setText(none, fill(text.noSoundFrom, { device: view.sound }));
      updateChildren(
        meters,
        channels,
        ({ name }) => name,
        ({ name }) => renderMeter(name),
        (meter, { peakDbfs, rmsDbfs }) => {
          const peak = peaks.get(meter) ?? {
            dbfs: -120,
            atMs: 0,
            clippedMs: -HOLD_MS,
            spokenMs: 0,
          };
          peaks.set(meter, peak);
          if (peakDbfs >= peak.dbfs || nowMs - peak.atMs > HOLD_MS) {
            peak.dbfs = peakDbfs;
            peak.atMs = nowMs;
          }
          if (isClipped(peakDbfs)) peak.clippedMs = nowMs;
          updateMeter(meter, rmsDbfs, peak, nowMs);
        },
      );
      for (const meter of peaks.keys()) if (!meter.isConnected) peaks.delete(meter);
    },
  };
}

function channelsOf(levels: Levels | null) {
  const { peakDbfs = [], rmsDbfs = [] } = levels ?? {};
  return peakDbfs.map((peak, index) => ({
    name: peakDbfs.length === 1 ? text.mono : nameOf(index),
    peakDbfs: peak,
    rmsDbfs: rmsDbfs[index] ?? peak,
  }));
}

function nameOf(index: number): string {
  return NAMES[index] ?? fill(text.channel, { number: String(index + 1) });
}

function renderMeter(name: string): HTMLElement {
  return h(
    'div',
    {
      class: 'meter',
      role: 'meter',
      'aria-label': fill(text.meterOf, { channel: name }),
      'aria-valuemin': String(FLOOR_DBFS),
      // Until the first report: a meter always has a value.
      'aria-valuenow': String(FLOOR_DBFS),
      'aria-valuemax': '0',
    },
    h('span', { class: 'name' }, name),
    h('span', { class: 'scale' }, h('span', { class: 'rms' }), h('span', { class: 'peak' })),
    h('span', { class: 'figure' }),
  );
}

function updateMeter(meter: HTMLElement, rmsDbfs: number, peak: Peak, nowMs: number): void {
  const [, scale, figure] = meter.children;
  const [rms, at] = scale?.children ?? [];
  if (!(rms instanceof HTMLElement) || !(at instanceof HTMLElement) || !figure) return;
  rms.style.clipPath = `inset(0 ${(100 - share(rmsDbfs)).toFixed(1)}% 0 0)`;
  at.style.left = `${share(peak.dbfs).toFixed(1)}%`;
  const isClipped = nowMs - peak.clippedMs < HOLD_MS;
  const isSilent = peak.dbfs <= FLOOR_DBFS;
  setAttribute(meter, 'data-state', isClipped ? 'clip' : isSilent ? 'silent' : 'ok');
  setText(figure, isClipped ? text.tooLoud : isSilent ? text.silent : `${peak.dbfs.toFixed(0)} dB`);
  // A screen reader gets fewer updates.
  if (nowMs - peak.spokenMs < SPEAK_EVERY_MS) return;
  peak.spokenMs = nowMs;
  setAttribute(meter, 'aria-valuenow', Math.max(FLOOR_DBFS, peak.dbfs).toFixed(0));
  setAttribute(meter, 'aria-valuetext', `${figure.textContent}`);
}

function share(dbfs: number): number {
  return 100 * Math.min(1, Math.max(0, (dbfs - FLOOR_DBFS) / -FLOOR_DBFS));
}
