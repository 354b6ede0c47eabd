/** Messages between server and page: JSON, in server-sent events and in answers. */

import type { PrintedSlipInfo } from '../devices/printed-slips.ts';
import type { PanelState } from '../devices/simulated-panel.ts';
import type { Verb } from '../model/commands.ts';
import type { PrintJobInfo } from '../model/prints.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Sample } from './history.ts';
import type { LogLine } from './log-tail.ts';

/** Holds the language that the page's switch was put to. */
export const LANGUAGE_COOKIE = 'venuebox-language';

/** The state of the box. Levels are sent separately, ten times a second. */
export interface View extends Omit<BoxSnapshot, 'levels'> {
  /** What came out of the simulated printer. */
  readonly slips: readonly PrintedSlipInfo[];
  /** What was asked for, the newest last. */
  readonly printJobs: readonly PrintJobInfo[];
  /** Undefined on real hardware. */
  readonly panel: PanelState | undefined;
  /** Unix time in ms, a full minute: until then guests may play the end of the last drop, and there is no preview. */
  readonly endServedUntilMs: number | undefined;
}

/** Unix times in ms at the box. */
interface BoxTime {
  readonly nowMs: number;
  /** By the clock of the dates in its playlists, which does not step. */
  readonly streamNowMs: number;
}

/** `hello`, the first event, and again when viewers are served elsewhere: the complete state. */
export interface Hello extends BoxTime {
  readonly view: View;
  /** Oldest first. */
  readonly history: readonly Sample[];
  readonly log: readonly LogLine[];
  /** Ports on which viewers are served. */
  readonly viewers: ViewerPorts;
}

/** Where the page finds the picture. */
export interface ViewerPorts {
  readonly port: number;
  readonly tlsPort?: number;
  /** Prefix of the stream's paths that also works before the drop is live. Empty on an edge. */
  readonly previewPath: string;
  /** The picture is there by WebRTC, too. */
  readonly hasWhep: boolean;
}

/** `change`, twice a second, also when nothing has changed. */
export interface Change extends BoxTime {
  readonly changed: Partial<View>;
  readonly removed: readonly string[];
}

/** `progress`: one step of a command that a page has sent. */
export interface CommandProgress {
  readonly verb: Verb;
  readonly detail: string;
  readonly ratio?: number;
}

/** `bye`, the last event. `signed-out`: by a person; `expired`: after its time, or for another session. */
export interface Bye {
  readonly reason: 'signed-out' | 'expired' | 'another-page' | 'ending';
}

/** The answer to a PIN that is wrong or not accepted now. */
export interface SignInRefusal {
  readonly error: 'wrong-pin' | 'wait' | 'locked' | 'busy';
  readonly waitMs: number;
  readonly triesLeft: number;
}
