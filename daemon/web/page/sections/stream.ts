import type { Levels } from '../../../../pipelines/media/levels.ts';
import type { Sample } from '../../history.ts';
import type { LogLine } from '../../log-tail.ts';
import type { Bye, Change, CommandProgress, Hello } from '../../wire.ts';
import { readSession } from '../ui/request.ts';

export interface StreamHandlers {
  readonly hello: (hello: Hello) => void;
  readonly change: (change: Change) => void;
  readonly levels: (levels: Levels | null) => void;
  readonly sample: (sample: Sample) => void;
  readonly log: (lines: readonly LogLine[]) => void;
  readonly progress: (progress: CommandProgress) => void;
  /** The PIN is asked for again. */
  readonly signedOut: () => void;
  /** Too many pages of this session are open: the newer ones are told, this one is not. */
  readonly crowdedOut: () => void;
}

export interface Stream {
  /** How long nothing has been heard, in ms. */
  silentMs(): number;
  close(): void;
}

/** The box speaks twice a second. */
const SILENT_MS = 4_000;
const WATCH_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

/** Listens to the box, and comes back by itself for as long as this page is signed in. */
export function openStream(handlers: StreamHandlers): Stream {
  let source: EventSource | undefined;
  let heardMs = performance.now();
  let triedMs = heardMs;
  let pauseMs = WATCH_EVERY_MS;
  let isClosed = false;

  const close = () => {
    isClosed = true;
    source?.close();
    clearInterval(watch);
    document.removeEventListener('visibilitychange', look);
  };
  const open = () => {
    source?.close();
    triedMs = performance.now();
    source = new EventSource('/events');
    const on = <T>(name: string, handle: (data: T) => void) =>
      source?.addEventListener(name, (event) => {
        heardMs = performance.now();
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
      // A box that ends may start again: only the other two end the page too.
      if (reason === 'ending') return;
      close();
      if (reason === 'signed-out') handlers.signedOut();
      else handlers.crowdedOut();
    });
  };
  /** Opens the stream anew when it is silent; asks first whether it would be let in. */
  const look = () => {
    const nowMs = performance.now();
    if (document.hidden || nowMs - heardMs < SILENT_MS || nowMs - triedMs < pauseMs) return;
    triedMs = nowMs;
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    readSession().then(
      ({ isSignedIn }) => {
        if (isClosed) return;
        if (isSignedIn) open();
        else {
          close();
          handlers.signedOut();
        }
      },
      () => undefined,
    );
  };
  const watch = setInterval(look, WATCH_EVERY_MS);
  document.addEventListener('visibilitychange', look);
  open();
  return { silentMs: () => performance.now() - heardMs, close };
}
