/** A data budget over the turn of a month: the daemon's side and the uplink's, without sockets. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { uplink as uplinkSchema } from '../../../daemon/config/uplink.ts';
import { openDataUse } from '../../../daemon/media/data-use-store.ts';
import { openUplinkMessages } from '../../../daemon/media/uplink-messages.ts';
import { uplinkSettings } from '../../../daemon/media/uplink-settings.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { Bond } from '../../../pipelines/bond/core/bond.ts';
import { openLinkReport } from '../../../pipelines/uplink/link-events.ts';
import { resolveLinks } from '../../../pipelines/uplink/links.ts';
import type { LinksMessage, UplinkSettings } from '../../../pipelines/uplink/messages.ts';
import { SrtObserver } from '../../../pipelines/uplink/srt-observer.ts';
import { control } from '../../pipelines/bond/support/simulated-srt.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const RECEIVER = { host: '10.88.0.1', port: 6000 };
const NO_SECRETS = { passphrase: undefined, relaySecret: undefined };

const test = suite('data budget over the turn of a month');

const LAST_DAY_MS = Date.parse('2026-11-30T12:00:00Z');
const DAY_MS = 86_400_000;
const BUDGET_BYTES = 1_000_000;
const config = v.parse(uplinkSchema, {
  host: '10.88.0.1',
  port: 6000,
  links: [{ id: 'wwan0', device: 'wwan0', budget_mb_per_month: BUDGET_BYTES / 1e6 }],
});

/** The uplink process as the daemon sees it: it takes messages, and its link carries bytes. */
function openProcess(clock: VirtualClock) {
  const wire = { send() {}, toEncoder() {}, hangUp() {}, open() {}, rebind() {}, close() {} };
  const bond = new Bond(Buffer.alloc(256, 1), wire);
  const onLinks = (links: Parameters<Bond['setLinks']>[0]) =>
    bond.setLinks(links, clock.monotonicMs());
  const tell = openLinkReport({ onLinks, log: silentLog });
  let wished: Pick<LinksMessage, 'links' | 'used'> | undefined;
  return {
    start: ({ links = [], used }: UplinkSettings) => {
      wished = { links, used };
    },
    take: (message: LinksMessage) => {
      wished = message;
    },
    /** It looks at its interfaces, as it does every two seconds. */
    look: (addresses: readonly string[] = ['10.77.0.2']) => {
      const known = { addresses: new Map([['wwan0', addresses]]), gateways: new Map() };
      const network = { ...known, firstPort: 61_000 };
      if (wished !== undefined) tell(resolveLinks(wished.links, network, wished.used));
    },
    carry: (bytes: number) => {
      for (let left = bytes; left > 0; left -= 1_028)
        bond.fromLink(0, Buffer.concat([control(0x8002, 1), Buffer.alloc(984)]), 0);
    },
    link: () => bond.snapshot(clock.monotonicMs()).links[0],
    figures: () => ({
      type: 'figures' as const,
      srt: new SrtObserver().figures(clock.monotonicMs()),
      targetBps: undefined,
      bond: bond.snapshot(clock.monotonicMs()),
      missing: [],
    }),
  };
}

async function openVenue(folder = mkdtempSync(join(tmpdir(), 'venuebox-month-'))) {
  const clock = new VirtualClock(LAST_DAY_MS);
  const dataUse = openDataUse(folder, clock.wallMs(), silentLog);
  let uplink = openProcess(clock);
  const onMessage = openUplinkMessages(config, {
    clock,
    log: silentLog,
    dataUse,
    child: () => ({ run: async () => undefined, send: (message) => uplink.take(message) }),
    given: () => ({ period: '2026-11', bytesByLink: {} }),
    onTarget: () => undefined,
    onFigures: () => undefined,
  });
  return {
    clock,
    uplink: () => uplink,
    start: () => {
      uplink = openProcess(clock);
      const used = dataUse.useAt(clock.wallMs());
      uplink.start(uplinkSettings(config, RECEIVER, false, NO_SECRETS, used));
      uplink.look();
    },
    /** Some seconds go by: figures each second, a look at the network in between. */
    live: async (seconds: number) => {
      for (let s = 0; s < seconds; s += 1) {
        await clock.advance(1_000);
        onMessage(uplink.figures());
        if (s % 2 === 1) uplink.look();
      }
    },
    kept: () => dataUse.useAt(clock.wallMs()).bytesByLink,
    [Symbol.asyncDispose]: () => dataUse[Symbol.asyncDispose](),
  };
}

test('a link that was spent is used again when the month begins while the box is idle', async () => {
  await using venue = await openVenue();
  venue.start();
  venue.uplink().carry(BUDGET_BYTES);
  await venue.live(3);
  assert.is(venue.uplink().link()?.isSpent, true);
  await venue.clock.advance(DAY_MS);
  venue.start();
  assert.is(venue.uplink().link()?.isSpent, false);
  venue.uplink().carry(10_280);
  await venue.live(5);
  assert.equal(venue.kept(), { wwan0: 10_280 });
});

test('a link that was spent is used again when the month begins while the box is live', async () => {
  await using venue = await openVenue();
  venue.start();
  venue.uplink().carry(BUDGET_BYTES);
  await venue.live(3);
  assert.is(venue.uplink().link()?.isSpent, true);
  await venue.clock.advance(DAY_MS);
  await venue.live(4);
  assert.is(venue.uplink().link()?.isSpent, false);
  await venue.live(4);
  assert.equal(venue.kept(), { wwan0: 0 });
});

test('an uplink that dies in the second the month begins brings nothing of the old one', async () => {
  await using venue = await openVenue();
  venue.start();
  venue.uplink().carry(BUDGET_BYTES);
  await venue.live(3);
  await venue.clock.advance(DAY_MS);
  await venue.live(1);
  await venue.live(1);
  venue.start();
  assert.is(venue.uplink().link()?.usedBytes, 0);
});

test('a link whose cable is out as the month begins counts again when it is back', async () => {
  await using venue = await openVenue();
  venue.start();
  venue.uplink().carry(BUDGET_BYTES);
  await venue.live(3);
  venue.uplink().look([]);
  await venue.clock.advance(DAY_MS);
  await venue.live(3);
  venue.uplink().look();
  assert.is(venue.uplink().link()?.usedBytes, 0);
});

test('within the month a link counts on: over its cable, the uplink and the box', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-month-'));
  let usedBytes: number | undefined;
  {
    await using venue = await openVenue(folder);
    venue.start();
    venue.uplink().carry(50_000);
    await venue.live(3);
    usedBytes = venue.uplink().link()?.usedBytes;
    assert.ok((usedBytes ?? 0) > 50_000);
    venue.uplink().look([]);
    venue.uplink().look();
    assert.is(venue.uplink().link()?.usedBytes, usedBytes);
    await venue.live(3);
    venue.start();
    assert.is(venue.uplink().link()?.usedBytes, usedBytes);
  }
  await using venue = await openVenue(folder);
  venue.start();
  assert.is(venue.uplink().link()?.usedBytes, usedBytes);
});

test.run();
