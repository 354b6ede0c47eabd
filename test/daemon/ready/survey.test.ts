/** A survey of a place: sampled, bounded in data, summed up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { NOTHING_HIDDEN } from '../../../daemon/media/hidden-run.ts';
import { type Survey, surveyFields } from '../../../daemon/model/readiness.ts';
import { runSurvey, type SurveyDeps, spentLinks } from '../../../daemon/ready/survey.ts';
import { SurveyTally, spreadOf } from '../../../daemon/ready/survey-tally.ts';
import { parseNmcli } from '../../../hal/system/wifi-neighbours.ts';
import { openStage } from './support/stage.ts';

const test = suite('survey');
const SETTINGS = { minutes: 60, every_minutes: 10, data_mb: 1_000 };
const LINKS = [{ id: 'wwan0', budget_mb_per_month: 50_000 }, { id: 'eth0' }];

function start(
  box: ReturnType<typeof openStage>,
  minutes: number,
  change: Partial<SurveyDeps> = {},
) {
  const samples: Survey[] = [];
  const deps: SurveyDeps = {
    ...{ snapshot: box.snapshot, clock: box.clock, openProbe: box.openProbe },
    ...{ settings: SETTINGS, links: LINKS, uplinkBps: 2_000_000, previewUrl: () => 'http://x/' },
    listWifi: async () => [{ name: 'Café', channel: 6, signalDbm: -50 }],
    onSample: (survey) => samples.push(survey),
    dataUse: {
      useAt: () => {
        const bytes = box.clock.monotonicMs() * 100;
        return { month: '2026-11', bytesByLink: { wwan0: bytes, eth0: bytes, former: 7 } };
      },
    },
    ...change,
  };
  const wanted = { what: 'survey', beside: ['idle', 'armed'] } as const;
  const done = box.runner.run(
    wanted,
    () => undefined,
    (stage) => runSurvey(minutes, deps, stage),
  );
  return { done, samples };
}

test('an hour is six samples; camera and links rest between them', async () => {
  const box = openStage();
  box.set({
    modems: {
      phase: 'known',
      modems: [
        {
          ...{ id: 'a', model: 'x', registration: 'connected', technology: '5g', sim: 'ready' },
          ...{ rsrpDbm: -91, sinrDb: 11, interfaceName: 'wwan0', addresses: [] },
        },
      ],
    },
  });
  const { done, samples } = start(box, 60);
  const survey = await box.settle(done, 5_000);
  assert.is(survey.samples, 6);
  assert.is(samples.length, 6);
  assert.ok(v.is(v.strictObject(surveyFields), survey), JSON.stringify(survey));
  const [five] = survey.links;
  assert.equal(
    [five?.id, five?.tech, five?.rsrp_dbm?.p50, five?.rtt_s?.p50],
    ['wwan0', '5g', -91, 0.04],
  );
  assert.is(five?.throughput_bps?.p50, 1_200_000);
  assert.equal(survey.light_ratio, { min: 0.3, p50: 0.4, max: 0.4 });
  assert.is(survey.wifi?.[0]?.name, 'Café');
  assert.equal(box.hidden(), NOTHING_HIDDEN);
  const rests = box.history.filter(({ isCapturing }) => !isCapturing).length;
  assert.ok(rests >= 6, `${rests}`);
});

test('a link near its share of the budget is spared, and the survey goes on without it', async () => {
  const box = openStage();
  const { done } = start(box, 30, { settings: { ...SETTINGS, data_mb: 9 } });
  const survey = await box.settle(done, 5_000);
  assert.match(survey.notes.join(), 'spare its data');
  for (const { used_b } of survey.links) assert.ok(used_b < 14_000_000, `${used_b}`);
  const small = { usedBytes: () => 0 };
  const settings = { ...SETTINGS, data_mb: 100 };
  const links = [
    { id: 'a', budget_mb_per_month: 100 },
    { id: 'b', budget_mb_per_month: 5_000 },
  ];
  assert.equal(spentLinks(small, { links, settings, uplinkBps: 4_000_000 }), ['a']);
});

test('what was seen until it was stopped is summed up', async () => {
  const box = openStage();
  const { done } = start(box, 600);
  await box.clock.advance(30 * 60_000);
  box.runner.end('it was stopped');
  const survey = await box.settle(done, 100);
  assert.match(survey.notes.join(), 'ended early: it was stopped');
  assert.ok(survey.samples >= 2);
});

test('all that a sample takes of a link’s data counts, also while it listens or is cut short', async () => {
  const box = openStage();
  const { done } = start(box, 600);
  await box.clock.advance(4_000);
  box.runner.end('it was stopped');
  const { links } = await box.settle(done, 100);
  assert.equal(
    links.map(({ id, used_b }) => [id, used_b]),
    [
      ['wwan0', 400_000],
      ['eth0', 400_000],
    ],
  );
});

test('without an uplink or Wi-Fi it still looks and listens', async () => {
  const box = openStage();
  box.set({ plannedLinks: undefined } as never);
  const { done } = start(box, 5, {
    uplinkBps: undefined,
    links: [],
    listWifi: async () => undefined,
  });
  const survey = await box.settle(done, 5_000);
  assert.is(survey.wifi, null);
  assert.is(survey.sound_dbfs?.p50, -12);
  assert.ok(box.history.every(({ isUplinking }) => !isUplinking));
});

test('networks of nmcli, with colons in names, the strongest first', () => {
  const text = 'Caf\\:é:6:40\nVenue\\\\x:11:80\n:1:10\nnonsense\n';
  assert.equal(parseNmcli(text), [
    { name: 'Venue\\x', channel: 11, signalDbm: -60 },
    { name: 'Caf:é', channel: 6, signalDbm: -80 },
    { name: '', channel: 1, signalDbm: -95 },
  ]);
});

test('a spread is lowest, middle and highest; of nothing it is null', () => {
  assert.equal(spreadOf([3, 1, 2], 0), { min: 1, p50: 2, max: 3 });
  assert.is(spreadOf([], 0), null);
  const tally = new SurveyTally(0, ['a']);
  for (let i = 0; i < 200; i += 1) tally.addWifi([{ name: `n${i}`, signalDbm: -i }]);
  assert.is(tally.result(1_000).wifi?.length, 24);
});

test.run();
