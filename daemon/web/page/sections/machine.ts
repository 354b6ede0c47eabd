/** The box itself: its devices, its processes, its computer. */
import type { PrinterStatus } from '../../../../hal/printer/port.ts';
import type { SystemState, Throttling } from '../../../../hal/system/port.ts';
import type { View } from '../../protocol.ts';
import { card, h, setAttribute, setText, updateChildren, updateFacts } from '../ui/dom.ts';
import { formatBytes, formatMs, formatSpan } from '../ui/format.ts';
import type { Section } from '../ui/section.ts';

export function openMachine(): Section {
  const list = h('dl', { class: 'facts roomy' });
  const children = h('ul', { class: 'children' });
  const element = card('machine', 'Box', list, children);
  return {
    element,
    update: ({ view }, nowMs) => {
      updateFacts(list, [
        ['Camera', view.camera],
        ['Pictures', describeFrames(view)],
        ['Sound', view.sound],
        ['Encoder', view.encoder],
        ['Delay in the box', describeDelay(view)],
        ['Printer', describePrinter(view.printer)],
        ...systemFacts(view.system),
        ['Running for', formatSpan((nowMs - Date.parse(view.startedAt)) / 1000)],
        ['Version', view.version],
      ]);
      updateProcesses(children, view);
    },
  };
}

/** Undefined while no picture comes: the figure is then of the last one. */
function describeDelay({ media }: View): string | undefined {
  if (media?.isFlowing !== true || media.partLagMs === undefined) return undefined;
  return formatMs(media.partLagMs.p95);
}

function describeFrames({ media }: View): string | undefined {
  const rate = media?.framesPerS;
  return rate === undefined ? undefined : `${Math.round(rate)} a second`;
}

/** Names are those of the processes in the log, with what each is for. */
const PROCESSES: Readonly<Record<string, string>> = {
  camera: 'Camera (camera)',
  sound: 'Sound (sound)',
  capture: 'Encoder (capture)',
  media: 'Stream to the guests (media)',
  uplink: 'Bonded links (uplink)',
  relay: 'Simulated internet (relay)',
};
const PHASES: Readonly<Record<View['children'][string]['phase'], string>> = {
  running: 'running',
  pausing: 'stopped, restarts soon',
  stopped: 'stopped',
};

function updateProcesses(list: HTMLElement, { children }: View): void {
  updateChildren(
    list,
    Object.entries(children),
    ([name]) => name,
    ([name]) =>
      h(
        'li',
        {},
        h('strong', {}, PROCESSES[name] ?? name),
        h('span', { class: 'state' }),
        h('small'),
      ),
    (item, [, { phase, restartsTotal, lastFailure }]) => {
      const [, state, failure] = item.children;
      if (!state || !failure) return;
      setAttribute(item, 'data-state', phase);
      const word = restartsTotal === 1 ? 'restart' : 'restarts';
      const restarts = restartsTotal === 0 ? '' : `, ${restartsTotal} ${word}`;
      setText(state, `${PHASES[phase]}${restarts}`);
      setText(failure, lastFailure ?? '');
    },
  );
}

function describePrinter(printer: PrinterStatus): string {
  switch (printer.phase) {
    case 'absent':
      return 'none';
    case 'away':
      return `not connected (${printer.reason})`;
    case 'silent':
      return 'does not report its status';
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
    ['Processor', cpuC === undefined ? undefined : `${Math.round(cpuC)} °C`],
    ['Processor load', loadPct === undefined ? undefined : `${Math.round(loadPct)} %`],
    ['Slowed down', throttling && describeThrottling(throttling)],
    [
      'Free memory',
      memoryAvailableBytes === undefined ? undefined : formatBytes(memoryAvailableBytes),
    ],
    ['Clock', clock.phase === 'free' ? 'not synchronised' : clock.phase],
  ];
}

/** Undefined when nothing is wrong. */
function describeThrottling(throttling: Throttling): string | undefined {
  const { isUnderVoltage, isSlowed, isHot } = throttling;
  const reasons = [
    isUnderVoltage ? 'power supply too weak' : '',
    isHot ? 'too hot' : '',
    isSlowed ? 'running slower' : '',
  ].filter((reason) => reason !== '');
  return reasons.length === 0 ? undefined : reasons.join(', ');
}
