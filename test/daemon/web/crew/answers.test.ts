/** What the crew asks for beside commands, without a server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mock } from 'node:test';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PARTS } from '../../../../daemon/cli/doctor/report.ts';
import { DROP_PHASES, type DropPhase } from '../../../../daemon/model/snapshot.ts';
import { CrewAnswers, type CrewDeps } from '../../../../daemon/web/crew/answers.ts';
import { partsFor } from '../../../../daemon/web/crew/open-crew.ts';

const test = suite('answers for the crew');
const by = { session: 'a', role: 'crew' } as const;

test.after.each(() => mock.timers.reset());

test('a restart that was asked for does not interrupt a drop that was armed meanwhile', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let now: DropPhase = 'idle';
  let restarts = 0;
  const count = () => {
    restarts += 1;
  };
  const deps = { phase: () => now, restart: count } as unknown as CrewDeps;
  const answers = new CrewAnswers(deps);
  const request = { method: 'POST' } as IncomingMessage;
  const restart = () => answers.answer(request, {} as ServerResponse, '/restart', by);
  await restart();
  now = 'armed';
  mock.timers.tick(60_000);
  assert.is(restarts, 0);
  now = 'idle';
  await restart();
  mock.timers.tick(60_000);
  assert.is(restarts, 1);
});

test('the support file asks neither printer nor modems while a drop is not idle', () => {
  assert.equal(partsFor('idle'), PARTS);
  for (const phase of DROP_PHASES.filter((one) => one !== 'idle')) {
    const parts: readonly string[] = partsFor(phase);
    assert.not.ok(parts.includes('printer') || parts.includes('modems'), phase);
    assert.ok(parts.includes('recordings'), phase);
  }
});

test.run();
