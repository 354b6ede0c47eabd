/** What happened in a drop, as one line of its report. Pure. */

import { fill } from '../../pipelines/player/text/fill.ts';
import type { Language } from '../../pipelines/player/text/language.ts';
import type { BoxEvent } from '../model/commands.ts';
import { clipText } from '../model/rounding.ts';
import { en } from './text/en.ts';
import { REPORT_TEXTS } from './text/languages.ts';

const text = (value: unknown) => (typeof value === 'string' ? clipText(value, 120) : '');

/** Undefined for an event that a report leaves out. */
export function logTextOf({ type, data }: BoxEvent): string | undefined {
  switch (type) {
    case 'drop.live':
      return data['isResumed'] === true ? 'went on after a power failure' : 'went live';
    case 'drop.first-frame':
      return 'first frame';
    case 'drop.marked':
      return `marked ${text(data['label'])}`.trim();
    case 'drop.ended':
      return data['isByPower'] === true ? 'ended: the power failed' : 'ended';
    case 'clip.made':
      return 'clip made';
    case 'camera.switched':
      return 'camera switched';
    case 'power.phase':
      return `power: ${text(data['to'])}`;
    case 'media.restarted':
      return 'media process restarted';
    case 'alert.raised':
      return `alert: ${text(data['text'])}`;
    case 'alert.cleared':
      return `over: ${text(data['text'])}`;
    default:
      return undefined;
  }
}

type Key = keyof typeof en.log;
const WHOLE: ReadonlyMap<string, Key> = new Map(
  Object.entries(en.log).map(([key, said]) => [said, key as Key]),
);
const BEFORE_TEXT: Readonly<Record<string, Key>> = {
  ...{ 'marked ': 'marked', 'alert: ': 'alert', 'over: ': 'over', 'not listed: ': 'notListed' },
};

/** Such a line in a language. @param sentence Translates what an alert says. */
export function inWords(
  line: string,
  language: Language,
  sentence: (text: string) => string,
): string {
  const { log } = REPORT_TEXTS[language];
  const key = WHOLE.get(line);
  if (key !== undefined) return log[key];
  const [, before = '', after = ''] =
    /^(marked |alert: |over: |not listed: )(.*)$/.exec(line) ?? [];
  const kind = BEFORE_TEXT[before];
  if (kind === undefined) return line;
  return fill(log[kind], {
    text: kind === 'marked' || kind === 'notListed' ? after : sentence(after),
  });
}
