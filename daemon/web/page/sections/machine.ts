import type { PrinterStatus } from '../../../../hal/printer/port.ts';
import type { SystemState, Throttling } from '../../../../hal/system/port.ts';
import type { View } from '../../wire.ts';
import { card, facts, h, keep, mark, say } from '../ui/dom.ts';
import { formatBytes, formatMs, formatSpan } from '../ui/format.ts';
import type { Part } from '../ui/section.ts';

/** The box itself: its devices, its processes, its computer. */
export function openMachine(): Part {
  const list = h('dl', { class: 'facts roomy' });
  const children = h('ul', { class: 'children' });
  const element = card('machine', 'Box', list, children);
  return {
    element,
    update: ({ view }, nowMs) => {
      facts(list, [
        ['Camera', view.camera],
        ['Frames', describeFrames(view)],
        ['Sound', view.sound],
        ['Encoder', view.encoder],
        ['Frame to servable', view.media?.partLagMs && formatMs(view.media.partLagMs.p95)],
        ['Printer', describePrinter(view.printer)],
        ...systemFacts(view.system),
        ['Up', formatSpan((nowMs - Date.parse(view.startedAt)) / 1000)],
        ['Version', view.version],
      ]);
      drawChildren(children, view);
    },
  };
}

function describeFrames({ media }: View): string | undefined {
  const rate = media?.framesPerS;
  return rate === undefined ? undefined : `${Math.round(rate)} a second`;
}

function drawChildren(list: HTMLElement, { children }: View): void {
  keep(
    list,
    Object.entries(children),
    ([name]) => name,
    ([name]) => h('li', {}, h('strong', {}, name), h('span', { class: 'state' }), h('small')),
    (item, [, { phase, restartsTotal, lastFailure }]) => {
      const [, state, small] = item.children;
      if (!state || !small) return;
      mark(item, 'data-state', phase);
      const again =
        restartsTotal === 0
          ? ''
          : `, ${restartsTotal} ${restartsTotal === 1 ? 'restart' : 'restarts'}`;
      say(state, `${phase === 'pausing' ? 'down, starts again' : phase}${again}`);
      say(small, lastFailure ?? '');
    },
  );
}

function describePrinter(printer: PrinterStatus): string {
  switch (printer.phase) {
    case 'absent':
      return 'none';
    case 'away':
      return `away: ${printer.reason}`;
    case 'silent':
      return 'answers nothing';
    case 'known': {
      const { fault, isCoverOpen, isOnline, paper } = printer;
      if (fault !== undefined) return fault;
      if (isCoverOpen) return 'cover open';
      if (paper !== 'ok') return `paper ${paper}`;
      return isOnline ? 'ready' : 'offline';
    }
  }
}

function systemFacts(
  system: SystemState | undefined,
): readonly (readonly [string, string | undefined])[] {
  if (system === undefined) return [];
  const { cpuC, loadPct, memoryAvailableBytes, clock, throttling } = system;
  return [
    ['CPU', cpuC === undefined ? undefined : `${Math.round(cpuC)} °C`],
    ['Load', loadPct === undefined ? undefined : `${Math.round(loadPct)} %`],
    ['Throttled', throttling && describeThrottling(throttling)],
    [
      'Memory free',
      memoryAvailableBytes === undefined ? undefined : formatBytes(memoryAvailableBytes),
    ],
    ['Clock', clock.phase === 'free' ? 'nobody sets it' : clock.phase],
  ];
}

/** Undefined when nothing is wrong. */
function describeThrottling(throttling: Throttling): string | undefined {
  const { isUnderVoltage, isSlowed, isHot } = throttling;
  const words = [
    isUnderVoltage ? 'supply too weak' : '',
    isSlowed ? 'slowed' : '',
    isHot ? 'hot' : '',
  ].filter((word) => word !== '');
  return words.length === 0 ? undefined : words.join(', ');
}
