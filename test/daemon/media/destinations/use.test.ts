/** What destinations send counts in the data budget of the link that it leaves by. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DestinationUse } from '../../../../daemon/media/destinations/use.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('data use of destinations');

function open() {
  const carried = new Map<string, number>();
  const use = new DestinationUse((link, bytes) =>
    carried.set(link, (carried.get(link) ?? 0) + bytes),
  );
  return { use, of: (link: string) => carried.get(link) ?? 0, carried };
}

test('what was sent before its link is known is counted once it is', () => {
  const { use, of, carried } = open();
  use.report('youtube', 1_000);
  use.report('youtube', 2_000);
  assert.is(carried.size, 0);
  use.setLink('youtube', 'lte');
  use.report('youtube', 3_000);
  assert.is(of('lte'), 3_000 * 1.06, 'with headers');
});

test('what leaves by none of the links counts for none, also when a link takes over later', () => {
  const { use, of } = open();
  use.setLink('youtube', null);
  use.report('youtube', 5_000);
  use.setLink('youtube', 'lte');
  use.report('youtube', 6_000);
  assert.is(of('lte'), 1_060);
});

for (let seed = 1; seed <= 20; seed += 1) {
  test(`every byte counts once, whatever restarts and wherever the route leads (seed ${seed})`, () => {
    const random = seeded(seed);
    const { use, of } = open();
    const links = ['lte', '5g', null];
    const totals = new Map([...links, 'all'].map((link) => [link, 0]));
    for (const id of ['youtube', 'archive']) {
      let sent = 0;
      let link = links[0] as string | null;
      use.setLink(id, link);
      for (let step = 0; step < 200; step += 1) {
        if (random() < 0.05) {
          link = links[Math.floor(3 * random())] as string | null;
          use.setLink(id, link);
        }
        // Another process has sent less by its first report than the one before in all.
        if (sent > 3_000 && random() < 0.05) sent = 0;
        const more = Math.floor(1_000 * random());
        sent += more;
        use.report(id, sent);
        totals.set(link, (totals.get(link) ?? 0) + more);
      }
    }
    for (const link of ['lte', '5g']) {
      const wanted = 1.06 * (totals.get(link) ?? 0);
      // Each report is rounded up to a byte.
      assert.ok(of(link) >= wanted - 1e-6 && of(link) <= wanted + 400, `${of(link)}, ${wanted}`);
    }
  });
}

test.run();
