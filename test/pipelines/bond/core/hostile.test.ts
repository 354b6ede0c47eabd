/** The bond against arbitrary bytes from links and encoder. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { control, data } from '../support/simulated-srt.ts';
import { Venue } from '../support/simulated-venue.ts';

const test = suite('bond under hostile input');

/** Datagrams that look like the protocol's up to their first bytes. */
const datagram = fc
  .tuple(
    fc.constantFrom(0x9000, 0x9100, 0x9200, 0x9201, 0x9202, 0x9211, 0x8000, 0x8002, 0x8003, 0x0001),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([type, rest]) => Buffer.from([type >> 8, type & 0xff, ...rest]));

test('no bytes from a link stop the sender or make it send more than its input', () => {
  const venue = new Venue({ links: [{ delayMs: 20 }, { delayMs: 30 }] });
  venue.run(3000);
  fc.assert(
    fc.property(fc.array(datagram, { minLength: 1, maxLength: 20 }), (datagrams) => {
      for (const bytes of datagrams) venue.bond.fromLink(0, bytes, venue.nowMs);
      venue.run(20);
    }),
    { numRuns: 300 },
  );
  const { wireBytesTotal, offeredBytesTotal } = venue.snapshot();
  assert.ok(wireBytesTotal < 1.4 * offeredBytesTotal, `${wireBytesTotal} of ${offeredBytesTotal}`);
});

test('repeated NAKs for everything cause no retransmission of packets that arrived', () => {
  const venue = new Venue({ links: [{ delayMs: 20 }] });
  venue.run(3000);
  const nak = Buffer.concat([control(0x8003, 0), Buffer.alloc(8)]);
  nak.writeUInt32BE(0x8000_0000 + 0x7fff_fff1, 16);
  nak.writeUInt32BE(900, 20);
  for (let time = 0; time < 100; time += 1) {
    venue.bond.fromLink(0, nak, venue.nowMs);
    venue.run(10);
  }
  const { wireBytesTotal, offeredBytesTotal } = venue.snapshot();
  assert.ok(wireBytesTotal < 1.3 * offeredBytesTotal);
});

test('no bytes from the encoder`s side stop the sender', () => {
  const venue = new Venue({ links: [{ delayMs: 20 }] });
  venue.run(1000);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2000 }),
      fc.nat({ max: 0x7fff_ffff }),
      (bytes, sequence) => {
        venue.bond.fromEncoder(Buffer.from(bytes), venue.nowMs);
        venue.bond.fromEncoder(data(sequence, 16 + (bytes.length % 1400)), venue.nowMs);
      },
    ),
  );
  venue.run(100);
});

test.run();
