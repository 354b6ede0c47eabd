/** The module for Bitfocus Companion: built, run as Companion runs it, against a real box. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readServerEvents } from '../../../scripts/companion/server-events.ts';
import { VARIABLES, variablesOf } from '../../../scripts/companion/variables.ts';
import { startBox, until } from '../../support/box.ts';
import { TEST_PIN } from '../../support/operator.ts';
import { seeded } from '../../support/seeded.ts';
import { CompanionHost } from './host.ts';

const test = suite('companion');
const FOLDER = 'dist/companion/pkg';
const WITHIN_MS = 60_000;

interface Defined {
  readonly actions: readonly { readonly id: string }[];
  readonly feedbacks: readonly { readonly id: string }[];
}

interface Presets {
  readonly presets: readonly {
    readonly feedbacks: readonly { readonly feedbackId: string }[];
    readonly steps: readonly Record<string, readonly { readonly actionId: string }[]>[];
  }[];
}

function init(url: string, pin: string, feedbacks: object = {}) {
  const config = { url, pin };
  return { label: 'box', isFirstInit: false, config, lastUpgradeIndex: -1, actions: {}, feedbacks };
}

function action(actionId: string, options: object = {}) {
  const instance = { id: 'a', controlId: 'c', upgradeIndex: null, disabled: false };
  return { action: { ...instance, actionId, options }, surfaceId: undefined };
}

function feedback(feedbackId: string, options: object = {}) {
  const instance = { id: feedbackId, controlId: 'c', upgradeIndex: null, disabled: false };
  return { ...instance, feedbackId, options, isInverted: false };
}

test.before(() => {
  execFileSync(process.execPath, ['scripts/companion/build.mjs'], { stdio: 'ignore' });
});

test('events are read however the network cuts them', async () => {
  const random = seeded(16);
  const sent = Array.from({ length: 40 }, (_, n) => ({
    name: `e${n}`,
    data: `{"ü":"${'é'.repeat(n)}"}`,
  }));
  const bytes = Buffer.from(
    `retry: 1000\n${sent.map(({ name, data }) => `event: ${name}\ndata: ${data}\n\n`).join('')}`,
  );
  for (let run = 0; run < 50; run += 1) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + Math.floor(random() ** 2 * 200);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    const got: unknown[] = [];
    for await (const event of readServerEvents(asStream(chunks))) got.push(event);
    assert.equal(got, sent);
  }
});

test('without a box every variable is empty', () => {
  assert.equal(Object.keys(variablesOf(undefined, 0)), Object.keys(VARIABLES));
  assert.ok(Object.values(variablesOf(undefined, 0)).every((value) => value === ''));
});

test('buttons follow a real box, and command it', async () => {
  await using box = await startBox();
  await box.ready();
  using host = new CompanionHost(FOLDER);
  await host.definitions('register');
  const feedbacks = { phase: feedback('phase', { phase: 'live' }), away: feedback('away') };
  await host.ask('init', init(box.operatorUrl, TEST_PIN, feedbacks));
  await until(
    () => host.variables.get('phase') === 'live',
    WITHIN_MS,
    () => 'the phase is shown',
  );
  await until(
    () => host.feedbacks.get('phase') === true,
    WITHIN_MS,
    () => 'the button lights up',
  );
  assert.is(host.status, 'ok');
  assert.is(host.feedbacks.get('away'), false);

  const { actions } = await host.definitions<Defined>('setActionDefinitions');
  const defined = await host.definitions<Defined>('setFeedbackDefinitions');
  const { presets } = await host.definitions<Presets>('setPresetDefinitions');
  const known = new Set([...actions, ...defined.feedbacks].map(({ id }) => id));
  for (const preset of presets) {
    for (const { feedbackId } of preset.feedbacks) assert.ok(known.has(feedbackId), feedbackId);
    for (const step of preset.steps) {
      for (const { actionId } of Object.values(step).flat())
        assert.ok(known.has(actionId), actionId);
    }
  }

  await host.ask('executeAction', action('texts', { title: 'Late Set', name: '', line: '' }));
  await until(
    () => host.log.some((line) => line.startsWith('overlay: ')),
    WITHIN_MS,
    () => 'the answer is logged',
  );
  await host.ask('executeAction', action('arm'));
  await until(
    () => host.log.some((line) => /^arm: .*live/i.test(line)),
    WITHIN_MS,
    () => 'a refusal says why',
  );
  await host.ask('executeAction', action('end'));
  await until(
    () => host.variables.get('phase') === 'idle',
    WITHIN_MS,
    () => 'the drop has ended',
  );

  box.kill('SIGKILL');
  await until(
    () => host.feedbacks.get('away') === true,
    WITHIN_MS,
    () => 'a box that is gone is shown',
  );
  assert.is(host.variables.get('phase'), '');
  await until(
    () => host.status === 'connection_failure',
    WITHIN_MS,
    () => 'and said',
  );
});

test('a wrong PIN is tried once, and a missing address is asked for', async () => {
  await using box = await startBox();
  using host = new CompanionHost(FOLDER);
  await host.definitions('register');
  await host.ask('init', init('', TEST_PIN));
  await until(
    () => host.status === 'bad_config',
    WITHIN_MS,
    () => 'the form is incomplete',
  );
  const config = { url: box.operatorUrl, pin: '135791' };
  await host.ask('updateConfigAndLabel', { label: 'box', config });
  await until(
    () => host.status === 'authentication_failure',
    WITHIN_MS,
    () => 'the PIN is refused',
  );
  await host.ask('updateConfigAndLabel', { label: 'box', config: { ...config, pin: TEST_PIN } });
  await until(
    () => host.status === 'ok',
    WITHIN_MS,
    () => 'the right one opens',
  );
});

async function* asStream(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

test.run();
