/** Whether this box works, for an update on trial: its pages answer, and its camera brings a picture. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../../hal/os/clock.ts';
import type { Config } from '../config/config.ts';
import { isAny } from '../model/addresses.ts';
import { framesFlow } from '../model/freshness.ts';
import { hasCamera } from '../model/phase.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Expectation } from './versions.ts';

export interface SelfCheckDeps {
  /** As it is now: the crew may have moved the pages since the start. */
  readonly config: () => Pick<Config, 'viewers' | 'operator'>;
  /** Starts camera and encoders, of which guests see nothing. */
  readonly setCapturing: (isWanted: boolean) => void;
  readonly snapshot: () => BoxSnapshot;
  /** Why the box does not run with the settings that were saved last, as it is now. */
  readonly unusedSettings: () => string | undefined;
  readonly clock: Clock;
}

const ANSWER_MS = 5_000;
const CHECK_EVERY_MS = 500;
/** A camera and an encoder start within seconds. */
const PICTURE_MS = 20_000;

/** What works now. Rejects only with the reason of an aborted `signal`. */
export async function whatWorks(deps: SelfCheckDeps, signal: AbortSignal): Promise<Expectation> {
  return {
    pages: await pagesThatAnswer(deps),
    picture: await hasPicture(deps, signal),
    ...(deps.unusedSettings() !== undefined && { settings: false as const }),
  };
}

/** The first thing that worked before and does not now; undefined where all does. */
export async function faultOf(
  expectation: Expectation,
  deps: SelfCheckDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Test camera and default ports would answer in place of the crew's.
  const unused = deps.unusedSettings();
  if (unused !== undefined && expectation.settings !== false) return unused;
  const { children, media } = deps.snapshot();
  if (children['media']?.phase !== 'running' || media === undefined) {
    return `the media process does not run${why(children['media']?.lastFailure)}`;
  }
  const pages = await pagesThatAnswer(deps);
  const missing = expectation.pages.find((page) => !pages.includes(page));
  if (missing !== undefined) return `${PAGES[missing]} does not answer`;
  if (!expectation.picture || (await hasPicture(deps, signal))) return undefined;
  return `no picture comes${why(deps.snapshot().children['capture']?.lastFailure)}`;
}

const PAGES = { guests: 'the guests’ page', operator: 'the operator’s page' } as const;

const why = (failure: string | undefined) => (failure === undefined ? '' : `: ${failure}`);

async function pagesThatAnswer({ config }: SelfCheckDeps): Promise<Expectation['pages']> {
  const { viewers, operator } = config();
  const pages = [
    ['guests', `http://${hostOf(viewers.host)}:${viewers.port}/`],
    [
      'operator',
      `http${operator.tls === undefined ? '' : 's'}://${hostOf(operator.host)}:${operator.port}/`,
    ],
  ] as const;
  const answers = await Promise.all(pages.map(([, url]) => answersAt(url)));
  return pages.filter((_, i) => answers[i]).map(([page]) => page);
}

/** This machine's own address, where it listens on all. */
function hostOf(host: string): string {
  if (isAny(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Not with fetch: it has no way to take the box's own certificate, which names another host. */
function answersAt(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const get = url.startsWith('https:') ? requestHttps : requestHttp;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const request = get(url, { signal, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
      request.destroy();
    });
    request.on('error', () => resolve(false));
    request.end();
  });
}

async function hasPicture(deps: SelfCheckDeps, signal: AbortSignal): Promise<boolean> {
  const { snapshot, setCapturing, clock } = deps;
  // A drop or a rehearsal has the camera, and shows whether it brings one.
  const isOurs = () =>
    !hasCamera(snapshot().drop.phase) && snapshot().readiness?.running === undefined;
  const isFlowing = () => framesFlow(snapshot());
  const endMs = clock.monotonicMs() + PICTURE_MS;
  if (isOurs()) setCapturing(true);
  try {
    while (!isFlowing() && clock.monotonicMs() < endMs) await clock.sleep(CHECK_EVERY_MS, signal);
    return isFlowing();
  } finally {
    if (isOurs()) setCapturing(false);
  }
}
