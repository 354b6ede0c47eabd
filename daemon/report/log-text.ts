/** What happened in a drop, as one line of its report. Pure. */

import type { BoxEvent } from '../model/commands.ts';
import { clipText } from '../model/rounding.ts';

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
