/** Reports of player pages. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { HttpRequest } from '../../../../pipelines/http/handlers.ts';
import { receiveBeacon } from '../../../../pipelines/origin/beacons.ts';
import { type Beacon, beaconSchema, Viewers } from '../../../../pipelines/origin/viewers.ts';
import { possibleMs, renderBeacon } from '../../../../pipelines/player/playback/beacon-payload.ts';

const test = suite('report of a page');

const SEEN: Beacon = {
  id: 'abcdefgh',
  player: 'hls.js',
  rendition: 'high',
  stalls: 2,
  stalledMs: 700,
};

test('possible values are reported unchanged', () => {
  const all = { ...SEEN, startupMs: 400, latencyMs: 1_200 };
  assert.equal(renderBeacon(all), all);
  assert.equal(renderBeacon(SEEN), SEEN);
});

/** Of a page that has fetched media. */
function requestOf(viewers: Viewers): HttpRequest {
  const connection = { address: { connections: 1, isProxy: false } };
  const query = new URLSearchParams();
  const request = { path: '/beacon', query, header: () => undefined, address: 'a', connection };
  viewers.addFetch(request, 0);
  return request;
}

test('one odd figure never loses the beacon: viewer and stalls count', () => {
  const odd: readonly Partial<Beacon>[] = [
    { latencyMs: -4_000 },
    { latencyMs: Number.NaN },
    { latencyMs: 1e12 },
    { startupMs: 2_000_000 },
    { stalledMs: 2_000_000 },
    { rendition: 'höch/../..' },
  ];
  for (const figure of odd) {
    const viewers = new Viewers(() => true);
    const body = JSON.stringify(renderBeacon({ ...SEEN, ...figure }));
    assert.is(receiveBeacon(viewers, requestOf(viewers), body, 0).status, 204, body);
    const { viewers: count, stallsTotal, latencyMsByRendition } = viewers.figures(0);
    assert.equal([count, stallsTotal, latencyMsByRendition], [1, 2, {}]);
  }
});

test('whatever a page has seen, the box takes its report', () => {
  const number = fc.double();
  const seen = fc.record(
    {
      rendition: fc.string(),
      stalls: number,
      stalledMs: number,
      startupMs: number,
      latencyMs: number,
    },
    { requiredKeys: ['rendition', 'stalls', 'stalledMs'] },
  );
  fc.assert(
    fc.property(seen, (figures) => {
      const sent = JSON.parse(JSON.stringify(renderBeacon({ ...SEEN, ...figures })));
      assert.ok(v.safeParse(beaconSchema, sent).success, JSON.stringify(sent));
    }),
  );
});

test('a latency before the camera saw it, or of hours, is none', () => {
  assert.equal([-1, Number.NaN, Number.POSITIVE_INFINITY, 3_600_000].map(possibleMs), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.equal([0, 350].map(possibleMs), [0, 350]);
});

test.run();
