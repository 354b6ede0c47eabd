/** What the settings refuse while a drop is on, it loses; the rest of it stays on sale. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newFolder, startBox } from './support/list-box.ts';

const test = suite('a drop that is on, and is refused in part');

const SHOP = `- id: friday
  title: Friday Duo
  starts_at: 2026-12-04T20:00:00Z
  destinations: [far, club]
  overlay: { title: Duo, code: { link: https://shop.example.org/code } }
  catalogue:
    - { id: poster, name: Poster, price: 2500, currency: EUR, checkout_url: https://shop.example.org/p }
    - { id: tee, name: Tee, price: 1900, currency: EUR, stock: 20 }
- { id: sunday, title: Sunday, starts_at: 2026-12-06T11:00:00Z }
`;
const LIVE = { phase: 'live', sinceMs: 0, dropId: 'run-1' } as const;

/** The box of the evening, until its power is cut. */
async function cutAmidDrop() {
  const folder = await newFolder(SHOP.replace('destinations: [far, club]', ''));
  await using box = await startBox(folder);
  box.goLive('run-1');
  return folder;
}

test('after a restart with fewer hosts it goes on, and sells what it sold without the refused links', async () => {
  for (const isListed of [true, false]) {
    const folder = await cutAmidDrop();
    if (!isListed) await rm(join(folder, 'drops.yaml'));
    {
      await using box = await startBox(folder, LIVE, undefined, []);
      const { id, title, catalogue, overlay } = box.drops.present();
      assert.equal([id, title], ['friday', 'Friday Duo']);
      assert.equal(
        catalogue.map(({ id: item, price, checkout_url }) => [item, price, checkout_url]),
        [
          ['poster', 2500, ''],
          ['tee', 1900, ''],
        ],
      );
      assert.equal([overlay.title, overlay.code.link], ['Duo', 'none']);
      assert.is(box.drops.state().faults.length > 0, isListed, 'an alert says so');
    }
    if (!isListed) continue;
    await using box = await startBox(folder, LIVE);
    assert.is(box.drops.present().catalogue[0]?.checkout_url, 'https://shop.example.org/p');
  }
});

test('a host that is refused while the drop is live gets no more buyers, and the sale goes on', async () => {
  const folder = await cutAmidDrop();
  await using box = await startBox(folder, LIVE);
  const links = () => box.drops.present().catalogue.map(({ checkout_url }) => checkout_url);
  assert.equal(links(), ['https://shop.example.org/p', '']);
  box.setCheckoutHosts([]);
  await box.settle(() => links()[0] === '');
  assert.equal([box.drops.present().id, links()], ['friday', ['', '']]);
  box.setCheckoutHosts(['shop.example.org']);
  await box.settle(() => links()[0] !== '');
});

test('what has just ended can still be paid for, though its links are refused by then', async () => {
  const folder = await cutAmidDrop();
  {
    await using box = await startBox(folder, LIVE);
    box.end('run-1');
  }
  await using box = await startBox(folder, { phase: 'idle', sinceMs: 0 }, undefined, []);
  assert.equal(
    box.drops.justEnded()?.catalogue.map(({ id }) => id),
    ['poster', 'tee'],
  );
});

test('of the destinations that it chose, it loses those that are gone', async () => {
  const folder = await newFolder(SHOP);
  {
    await using box = await startBox(folder);
    box.setDestinations(['far', 'club']);
    await box.settle(() => box.drops.present().id === 'friday');
    box.goLive('run-1');
    box.setDestinations(['far']);
    await box.settle(() => box.drops.present().destinations?.length === 1);
    assert.equal(box.drops.present().destinations, ['far']);
  }
});

test.run();
