import type { PanelState } from '../devices/simulated-panel.ts';
import type { SlipNote } from '../devices/slips.ts';
import type { Verb } from '../model/commands.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Sample } from './history.ts';
import type { LogLine } from './log-tail.ts';

/** What server and page say to each other: JSON, in server-sent events and in answers. */

/** The box as the page holds it. Levels come ten times as often, by themselves. */
export interface View extends Omit<BoxSnapshot, 'levels'> {
  readonly slips: readonly SlipNote[];
  /** Undefined on real hardware. */
  readonly panel: PanelState | undefined;
}

/** `hello`, the first event: all there is. */
export interface Hello {
  /** Unix time in ms at the box. */
  readonly nowMs: number;
  readonly view: View;
  /** Oldest first. */
  readonly history: readonly Sample[];
  readonly log: readonly LogLine[];
  /** Ports on which viewers are served. */
  readonly viewers: ViewerPorts;
}

/** Where the picture is for whoever is signed in. */
export interface ViewerPorts {
  readonly port: number;
  readonly tlsPort?: number;
  /** Comes before a path of the stage: the crew sees it before it is live. Empty on an edge. */
  readonly previewPath: string;
}

/** `change`, twice a second: what is no longer as it was. */
export interface Change {
  readonly nowMs: number;
  readonly set: Partial<View>;
  readonly gone: readonly string[];
}

/** `progress`: one step of a command that somebody gave on a page. */
export interface CommandProgress {
  readonly verb: Verb;
  readonly detail: string;
  readonly ratio?: number;
}

/** `bye`, the last event: why the stream ends. */
export interface Bye {
  readonly reason: 'signed-out' | 'another-page' | 'ending';
}

/** The answer to a wrong or refused PIN. */
export interface SignInRefusal {
  readonly error: 'wrong-pin' | 'wait' | 'locked' | 'busy';
  readonly waitMs: number;
  readonly triesLeft: number;
}
