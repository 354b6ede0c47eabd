/** The box itself: its devices, its processes, its computer. */
import type { PrinterStatus } from '../../../../hal/printer/port.ts';
import type { SystemState, Throttling } from '../../../../hal/system/port.ts';
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { View } from '../../protocol.ts';
import { labelTexts, stageTexts, boxTexts as text } from '../text/texts.ts';
import { card, h, setAttribute, setText, updateChildren, updateFacts } from '../ui/dom.ts';
import { formatBytes, formatMs, formatSpan } from '../ui/format.ts';
import type { Section } from '../ui/section.ts';

export function openMachine(): Section {
  const list = h('dl', { class: 'facts roomy' });
  const children = h('ul', { class: 'children' });
  const element = card('machine', text.box, list, children);
  return {
    element,
    update: ({ view }, nowMs) => {
      updateFacts(list, [
        [text.camera, view.camera],
        [text.pictures, describeFrames(view)],
        [stageTexts.sound, view.sound],
        [labelTexts['encoder.driver'], view.encoder],
        [text.delayInBox, describeDelay(view)],
        [text.printer, describePrinter(view.printer)],
        ...networkFacts(view.networks),
        ...systemFacts(view.system),
        [text.runningFor, formatSpan((nowMs - Date.parse(view.startedAt)) / 1000)],
        [text.version, view.version],
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
  return rate === undefined ? undefined : fill(text.perSecond, { count: String(Math.round(rate)) });
}

/** Names are those of the processes in the log, with what each is for. */
const PROCESSES: Readonly<Record<string, string>> = {
  camera: text.ofCamera,
  sound: text.ofSound,
  capture: text.ofCapture,
  media: text.ofMedia,
  uplink: text.ofUplink,
  whep: text.ofWhep,
  whip: text.ofWhip,
  srt: text.ofSrt,
  relay: text.ofRelay,
};
const PHASES: Readonly<Record<View['children'][string]['phase'], string>> = {
  running: text.running,
  pausing: text.restartsSoon,
  stopped: text.stopped,
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
      setText(state, describePhase(PHASES[phase], restartsTotal));
      setText(failure, lastFailure ?? '');
    },
  );
}

function describePhase(state: string, restartsTotal: number): string {
  if (restartsTotal === 0) return state;
  return fill(text.restarts, { state, count: String(restartsTotal) });
}

function describePrinter(printer: PrinterStatus): string {
  switch (printer.phase) {
    case 'absent':
      return text.none;
    case 'away':
      return fill(text.notConnected, { reason: printer.reason });
    case 'silent':
      return text.reportsNothing;
    case 'known': {
      const { fault, isCoverOpen, isOnline, paper } = printer;
      if (fault !== undefined) return fault;
      if (isCoverOpen) return text.coverOpen;
      if (paper !== 'ok') return paper === 'low' ? text.paperLow : text.paperOut;
      return isOnline ? text.ready : text.offline;
    }
  }
}

function networkFacts(networks: View['networks'] = []): readonly (readonly [string, string])[] {
  return networks.map(({ role, device, phase, reason = '', shaped = [] }) => {
    const name = role === 'guests' ? text.networkGuests : text.networkCrew;
    const ways = shaped.map((one) => one.device).filter((one) => one !== device);
    if (phase === 'failed') return [name, fill(text.networkClosed, { device })];
    if (phase === 'waiting') return [name, fill(text.networkWaiting, { device, reason })];
    const isShared = role === 'crew' && ways.length > 0;
    const how = isShared ? text.networkFirst : text.networkOpen;
    return [name, fill(how, { device, ways: ways.join(', ') })];
  });
}

function systemFacts(
  system: SystemState | undefined,
): readonly (readonly [string, string | undefined])[] {
  if (system === undefined) return [];
  const { cpuC, loadPct, memoryAvailableBytes, clock, throttling } = system;
  return [
    [text.processor, cpuC === undefined ? undefined : `${Math.round(cpuC)} °C`],
    [text.processorLoad, loadPct === undefined ? undefined : `${Math.round(loadPct)} %`],
    [text.slowedDown, throttling && describeThrottling(throttling)],
    [
      text.freeMemory,
      memoryAvailableBytes === undefined ? undefined : formatBytes(memoryAvailableBytes),
    ],
    [text.clock, CLOCK[clock.phase]],
  ];
}

const CLOCK: Readonly<Record<SystemState['clock']['phase'], string>> = {
  synchronised: text.synchronised,
  free: text.notSynchronised,
  unknown: text.unknown,
};

/** Undefined when nothing is wrong. */
function describeThrottling(throttling: Throttling): string | undefined {
  const { isUnderVoltage, isSlowed, isHot } = throttling;
  const reasons = [
    isUnderVoltage ? text.supplyWeak : '',
    isHot ? text.tooHot : '',
    isSlowed ? text.runningSlower : '',
  ].filter((reason) => reason !== '');
  return reasons.length === 0 ? undefined : reasons.join(', ');
}
