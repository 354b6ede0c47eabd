/** Opens a control socket over a substitute box. */
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../../../../daemon/cli/control/protocol.ts';
import { runControl } from '../../../../../daemon/cli/control/server.ts';
import type { Command, Commander, Outcome } from '../../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../../daemon/model/snapshot.ts';
import { systemClock } from '../../../../../hal/os/clock.ts';
import { silentLog } from '../../../../../hal/os/log.ts';
import { until } from '../../../../support/box.ts';
import { WELL } from '../../../../support/snapshot.ts';

const newPath = () => join(mkdtempSync(join(tmpdir(), 'venuebox-control-')), 'run', 'control.sock');

interface Options {
  readonly path?: string;
  readonly answer?: (command: Command, signal: AbortSignal) => Promise<Outcome>;
  readonly snapshot?: () => BoxSnapshot;
}

/** A control socket over a box that does as the test says. */
export async function startControl({
  path = newPath(),
  answer,
  snapshot = () => WELL,
}: Options = {}) {
  const commands: Command[] = [];
  const commander: Commander = {
    run: async (command, onProgress, signal) => {
      commands.push(command);
      onProgress({ detail: 'camera: pass', ratio: 0.5 });
      return answer?.(command, signal) ?? { status: 'done', detail: 'it is armed' };
    },
  };
  const stop = new AbortController();
  const prints = { preview: async () => undefined };
  const deps = { snapshot, commander, prints, clock: systemClock, log: silentLog };
  const running = runControl(path, deps, stop.signal);
  await until(() => statSync(path).isSocket(), 10_000);
  return {
    path,
    commands,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

export async function all(answers: AsyncIterable<Answer>, max = Infinity): Promise<Answer[]> {
  const list: Answer[] = [];
  for await (const answer of answers) {
    list.push(answer);
    if (list.length >= max || answer.type === 'outcome') break;
  }
  return list;
}
