import type { RecordingTarget } from '../../../model/snapshot.ts';
import { card, facts, h, keep, mark, say } from '../ui/dom.ts';
import { formatBps, formatBytes, formatMs, formatSpan } from '../ui/format.ts';
import type { Part } from '../ui/section.ts';

const WORDS = { off: 'not recording', recording: 'recording', failed: 'failed' } as const;

/** Where it is recorded, and how long the space lasts. */
export function openRecording(): Part {
  const list = h('ul', { class: 'targets' });
  const none = h('p', { class: 'calm' }, 'Nothing is recorded: no target is configured.');
  const element = card('recording', 'Recordings', list, none);
  return {
    element,
    update: ({ view }) => {
      none.hidden = view.recording.length > 0;
      keep(
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
        drawTarget,
      );
    },
  };
}

function drawTarget(item: Element, target: RecordingTarget): void {
  const [head, reason, list] = item.children;
  const state = head?.lastElementChild;
  if (!state || !reason || !(list instanceof HTMLElement)) return;
  mark(item, 'data-state', target.phase);
  say(state, WORDS[target.phase]);
  say(reason, target.reason ?? '');
  const { freeBytes, remainingS, lagMs, writtenBps } = target;
  const isOn = target.phase === 'recording';
  facts(list, [
    ['Time left', remainingS === undefined ? undefined : formatSpan(remainingS)],
    ['Free', freeBytes === undefined ? undefined : formatBytes(freeBytes)],
    ['Rate', isOn ? formatBps(writtenBps) : undefined],
    ['Behind', isOn && lagMs !== undefined ? formatMs(lagMs) : undefined],
    ['Folder', target.folder],
  ]);
}
