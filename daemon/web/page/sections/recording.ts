/** Recordings: each folder, its state, and how long its space lasts. */
import type { RecordingTarget } from '../../../model/snapshot.ts';
import { labelTexts, boxTexts as text } from '../text/texts.ts';
import { card, h, setAttribute, setText, updateChildren, updateFacts } from '../ui/dom.ts';
import { formatBps, formatBytes, formatMs, formatSpan } from '../ui/format.ts';
import type { Section } from '../ui/section.ts';

const STATES = {
  off: text.notRecording,
  recording: text.recording,
  failed: text.failed,
} as const;

export function openRecording(): Section {
  const list = h('ul', { class: 'targets' });
  const none = h('p', { class: 'calm' }, text.nothingRecorded);
  const element = card('recording', text.recordings, list, none);
  return {
    element,
    update: ({ view }) => {
      none.hidden = view.recording.length > 0;
      updateChildren(
        list,
        view.recording,
        ({ id }) => id,
        ({ id }) =>
          h(
            'li',
            {},
            h('div', { class: 'head' }, h('strong', {}, id), h('span', { class: 'state' })),
            h('p', { class: 'reason' }),
            h('dl', { class: 'facts' }),
          ),
        updateTarget,
      );
    },
  };
}

function updateTarget(item: Element, target: RecordingTarget): void {
  const [head, reason, list] = item.children;
  const state = head?.lastElementChild;
  if (!state || !reason || !(list instanceof HTMLElement)) return;
  setAttribute(item, 'data-state', target.phase);
  setText(state, STATES[target.phase]);
  setText(reason, target.reason ?? '');
  const { freeBytes, remainingS, lagMs, writtenBps } = target;
  const isOn = target.phase === 'recording';
  updateFacts(list, [
    [text.spaceFor, remainingS === undefined ? undefined : formatSpan(remainingS)],
    [text.free, freeBytes === undefined ? undefined : formatBytes(freeBytes)],
    [text.writing, isOn ? formatBps(writtenBps) : undefined],
    [text.delay, isOn && lagMs !== undefined ? formatMs(lagMs) : undefined],
    [labelTexts.folder, target.folder],
  ]);
}
