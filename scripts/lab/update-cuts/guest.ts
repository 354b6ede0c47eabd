/**
 * What each version does inside the machine whose power is cut: it says that it works, ends its
 * trial, and installs the next release, until it dies. Reports over hostfs, one line each: the
 * host's own page cache keeps them over the cut.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../../../daemon/update/install.ts';
import { VersionStore } from '../../../daemon/update/store.ts';
import { runTrial } from '../../../daemon/update/trial.ts';
import { versionOf } from '../../../daemon/update/versions.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { messageOf, silentLog } from '../../../hal/os/log.ts';

const { CUT_WORK: work = '', CUT_OUT: out = '', STATE_DIRECTORY: state = '' } = process.env;
const { VENUEBOX_RUNS: id = '', VENUEBOX_INSTALLED: program = '' } = process.env;
const signal = new AbortController().signal;

function say(what: string, about: string): void {
  appendFileSync(join(out, 'said'), `${what} ${about}\n`);
}

/** A minute of a trial passes in half a second. */
const HURRY = 120;
const clock: Clock = {
  wallMs: () => systemClock.wallMs(),
  monotonicMs: () => systemClock.monotonicMs() * HURRY,
  sleep: (ms, until) => systemClock.sleep(ms / HURRY, until),
};

/** @param isDark It has no picture, and gives itself up. */
export async function runVersion(isDark: boolean): Promise<void> {
  const store = new VersionStore(state, program);
  const end = () => process.exit(0);
  const { trial } = await store.load();
  say(trial?.id === id ? 'tried' : 'works', id);
  await runTrial(
    {
      ...{ id, store, clock, log: silentLog },
      faultOf: async () => (isDark ? 'no picture' : undefined),
      phase: () => 'idle',
      onEvent: () => say('proved', id),
      end: () => {
        say('gave-up', id);
        end();
      },
    },
    signal,
  );
  const entries = existsSync(store.folder)
    ? readdirSync(store.folder, { withFileTypes: true })
    : [];
  const kept = entries.filter((one) => one.isDirectory());
  say('kept', String(kept.length));
  for (;;) {
    const from = nextRelease();
    say('installs', from);
    try {
      const { version } = await install(
        { from: join(work, from), isOlderWelcome: true },
        {
          ...{ store, key: readFileSync(join(work, 'key'), 'utf8') },
          running: { id, version: versionOf(id), built: '2020-01-01T00:00:00Z' },
          busyWith: () => undefined,
          whatWorks: async () => ({ pages: [], picture: true }),
        },
        false,
        ({ ratio = 0 }) => {
          if (ratio > 0.5) sayOnce('half', from);
        },
        signal,
      );
      say('on-trial', version);
      return end();
    } catch (error) {
      const reason = messageOf(error);
      // It is the one that runs: the next one is tried.
      if (!reason.endsWith('runs already')) say('failed', reason);
    }
  }
}

let told = '';
function sayOnce(what: string, about: string): void {
  if (told === `${what} ${about}`) return;
  told = `${what} ${about}`;
  say(what, about);
}

/** Each in turn, over all cuts: of those that lead to the moment that the host waits for. */
function nextRelease(): string {
  const turn = Number(readFileSync(join(out, 'turn'), 'utf8'));
  const kind = readFileSync(join(out, 'kind'), 'utf8');
  const all = readdirSync(work).filter((name) => name.endsWith(`${kind}.release`));
  writeFileSync(join(out, 'turn'), String(turn + 1));
  return all.toSorted()[turn % all.length] ?? '';
}
