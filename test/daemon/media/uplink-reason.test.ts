/** Tests of the reason shown when the uplink is not connected. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { uplink as uplinkSchema } from '../../../daemon/config/uplink.ts';
import { openUplinkMessages } from '../../../daemon/media/uplink-messages.ts';
import type { UplinkFigures } from '../../../daemon/model/snapshot.ts';
import { lampsOf } from '../../../daemon/panel/lamps.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { LinkSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import type { FromUplink } from '../../../pipelines/uplink/messages.ts';
import { SrtObserver } from '../../../pipelines/uplink/srt-observer.ts';
import { link, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('why the uplink is not connected');

type Figures = Extract<FromUplink, { type: 'figures' }>;

/** What the operator reads. */
const reasonOf = (figures: Partial<Figures>): string | undefined => reportedOf(figures)?.reason;

function reportedOf(figures: Partial<Figures>): UplinkFigures | undefined {
  let reported: UplinkFigures | undefined;
  const onMessage = openUplinkMessages(v.parse(uplinkSchema, { host: 'far', port: 6000 }), {
    clock: new VirtualClock(),
    log: silentLog,
    dataUse: {
      useAt: () => ({ month: '2026-11', bytesByLink: {}, former: [] }),
      note: () => false,
      noteSim: () => undefined,
      addBeside: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    },
    child: () => ({ run: async () => undefined, send: () => undefined }),
    given: () => ({ period: '2026-11', bytesByLink: {} }),
    onTarget: () => undefined,
    onFigures: (next) => {
      reported = next;
    },
  });
  const srt = new SrtObserver().figures(0);
  onMessage({ type: 'figures', srt, targetBps: undefined, missing: [], ...figures });
  return reported;
}

const bond = (...links: readonly LinkSnapshot[]): Partial<Figures> => {
  const figures = WELL.uplink?.bond;
  if (figures === undefined) throw new Error('no bond in the snapshot');
  return { bond: { ...figures, links } };
};
const out = (id: string, reason: string): LinkSnapshot => ({
  ...link(id, 'out'),
  reason,
});

test('each link that is out says why, and those that are not there are named', () => {
  const unknown = 'the name of the receiver is unknown (ENOTFOUND)';
  assert.is(reasonOf(bond(out('wwan0', unknown))), `wwan0: ${unknown}`);
  assert.is(
    reasonOf({ ...bond(out('wwan0', unknown)), missing: ['eth0'] }),
    `not there: eth0; wwan0: ${unknown}`,
  );
});

test('a link that is pulled is out for all who look at links, and its lamp says so', () => {
  const reported = reportedOf({ ...bond(link('wwan0', 'active')), missing: ['wwan1'] });
  assert.equal(reported?.bond?.links.map(({ id, state, reason }) => [id, state, reason]).at(-1), [
    'wwan1',
    'out',
    'its interface or address is not there',
  ]);
  const uplink = { ...WELL.uplink, ...reported, phase: 'connected' } as UplinkFigures;
  assert.is(lampsOf({ ...WELL, uplink }).links, 'double', 'one link left');
});

test('a budget that is used up is named', () => {
  const spent = { ...link('wwan0', 'active'), isSpent: true };
  assert.is(reasonOf(bond(spent)), 'wwan0: budget used up');
});

test('links that are up point behind the relay', () => {
  const figures = bond(link('wwan0', 'active'), out('wwan1', 'no answer yet'));
  assert.match(reasonOf(figures) ?? '', 'the SRT receiver behind it');
});

test('without links it is what the socket says, and a refusal is the last word', () => {
  assert.is(reasonOf({}), 'no answer yet');
  assert.is(reasonOf({ failure: 'nothing listens' }), 'nothing listens');
  const srt = { ...new SrtObserver().figures(0), refusal: 'the passphrase is wrong' };
  assert.is(reasonOf({ srt, failure: 'nothing listens' }), 'the passphrase is wrong');
  const connected = { ...srt, phase: 'connected' as const };
  assert.is(reasonOf({ srt: connected, failure: 'nothing listens' }), undefined);
});

test.run();
