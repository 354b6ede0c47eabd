/** Receives the box's events, and reconnects while the page is signed in. */
import type { Levels } from '../../../../pipelines/media/levels.ts';
import type { Sample } from '../../history.ts';
import type { LogLine } from '../../log-tail.ts';
import type { Bye, Change, CommandProgress, Hello } from '../../protocol.ts';
import { readSession } from './request.ts';

export interface EventHandlers {
  readonly hello: (hello: Hello) => void;
  readonly change: (change: Change) => void;
  readonly levels: (levels: Levels | null) => void;
  readonly sample: (sample: Sample) => void;
  readonly log: (lines: readonly LogLine[]) => void;
  readonly progress: (progress: CommandProgress) => void;
  /** The PIN is asked for again. @param isByPerson They signed out; false: the session has expired. */
  readonly signedOut: (isByPerson: boolean) => void;
  /** Newer pages of this session get the events instead. */
  readonly replaced: () => void;
}

export interface EventConnection {
  /** Time since the last event, in ms. */
  ageMs(): number;
  close(): void;
}

/** The box sends at least twice a second. */
const STALLED_MS = 4_000;
const WATCH_EVERY_MS = 1_000;
const PAUSE_MAX_MS = 5_000;

export function openEvents(handlers: EventHandlers): EventConnection {
  let source: EventSource | undefined;
  let receivedMs = performance.now();
  let triedMs = receivedMs;
  let pauseMs = WATCH_EVERY_MS;
  let isClosed = false;

  const close = () => {
    isClosed = true;
    source?.close();
    clearInterval(watch);
    document.removeEventListener('visibilitychange', reconnect);
  };
  const open = () => {
    source?.close();
    triedMs = performance.now();
    source = new EventSource('/events');
    const on = <T>(name: string, handle: (data: T) => void) =>
      source?.addEventListener(name, (event) => {
        receivedMs = performance.now();
        pauseMs = WATCH_EVERY_MS;
        handle(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    on('hello', handlers.hello);
    on('change', handlers.change);
    on('levels', handlers.levels);
    on('sample', handlers.sample);
    on('log', handlers.log);
    on('progress', handlers.progress);
    on<Bye>('bye', ({ reason }) => {
      // A box that shuts down may start again: then the page reconnects.
      if (reason === 'ending') return;
      close();
      if (reason === 'another-page') handlers.replaced();
      else handlers.signedOut(reason === 'signed-out');
    });
  };
  /** Reconnects a stalled connection; asks first whether the page is still signed in. */
  const reconnect = () => {
    const nowMs = performance.now();
    if (document.hidden || nowMs - receivedMs < STALLED_MS || nowMs - triedMs < pauseMs) return;
    triedMs = nowMs;
    pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2);
    readSession().then(
      ({ isSignedIn }) => {
        if (isClosed) return;
        if (isSignedIn) open();
        else {
          close();
          handlers.signedOut(false);
        }
      },
      () => undefined,
    );
  };
  const watch = setInterval(reconnect, WATCH_EVERY_MS);
  document.addEventListener('visibilitychange', reconnect);
  open();
  return { ageMs: () => performance.now() - receivedMs, close };
}
