/** Tokens in the Authorization header. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBearer } from '../../../../pipelines/http/access/bearer.ts';

const test = suite('bearer tokens');

const TOKEN = 'correct-horse-battery';

test('the token gives access, under any spelling of the scheme', () => {
  const isAllowed = openBearer(TOKEN);
  for (const scheme of ['Bearer ', 'bearer ', 'BEARER  ']) assert.ok(isAllowed(scheme + TOKEN));
});

test('no header, another scheme, a part of the token or more than it give none', () => {
  const isAllowed = openBearer(TOKEN);
  const wrong = [undefined, '', 'Bearer', 'Bearer ', TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN} `];
  for (const header of wrong) assert.not.ok(isAllowed(header), String(header));
  for (let end = 0; end < TOKEN.length; end += 1) {
    assert.not.ok(isAllowed(`Bearer ${TOKEN.slice(0, end)}`));
  }
});

test('anything else gives none', () => {
  const isAllowed = openBearer(TOKEN);
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      assert.is(isAllowed(`Bearer ${text}`), text.trimStart() === TOKEN);
    }),
    { seed: 17 },
  );
});

test.run();
