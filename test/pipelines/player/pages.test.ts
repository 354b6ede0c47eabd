/** The files of the guests’ page. */
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { openPages } from '../../../pipelines/player/pages.ts';

const test = suite('pages of the player');

const PATHS = ['/', '/index.html', '/player.css', '/player.js', '/hls.js', '/favicon.svg'];

const pages = openPages({ title: 'Record Shop Live', startsAt: '' });

function ask(path: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const answer = pages.answer({
    path,
    query: new URLSearchParams(),
    header: (name) => headers[name],
  });
  if (answer === undefined) throw new Error(`${path} is not the page's`);
  return answer;
}

const headerOf = ({ headers }: Reply, name: string): string | undefined =>
  headers.find((_, i) => i % 2 === 1 && headers[i - 1] === name);

test('an unchanged page gets 304, with its security headers and without Content-Length (RFC 9110 §8.6)', () => {
  for (const path of PATHS) {
    for (const encoding of [{}, { 'accept-encoding': 'gzip' }]) {
      const first = ask(path, encoding);
      const etag = headerOf(first, 'ETag') ?? '';
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = ask(path, { ...encoding, 'if-none-match': held });
        assert.equal([again.status, again.body], [304, []]);
        assert.is(headerOf(again, 'Content-Length'), undefined);
        assert.is(headerOf(again, 'Content-Encoding'), undefined);
        for (const name of ['ETag', 'Vary', 'Cache-Control', 'Content-Security-Policy'])
          assert.is(headerOf(again, name), headerOf(first, name));
      }
      assert.is(ask(path, { ...encoding, 'if-none-match': '"other"' }).status, 200);
    }
  }
});

test('a page and the same page in gzip are two representations, each with its strong ETag', () => {
  for (const path of PATHS) {
    const plain = ask(path);
    const gzipped = ask(path, { 'accept-encoding': 'gzip' });
    assert.is(headerOf(gzipped, 'Content-Encoding'), 'gzip');
    assert.is(headerOf(plain, 'Content-Encoding'), undefined);
    const [body] = plain.body;
    assert.is(headerOf(plain, 'Content-Length'), String(body?.length));
    assert.ok(body?.equals(gunzipSync(gzipped.body[0] ?? Buffer.alloc(0))));
    assert.is.not(headerOf(plain, 'ETag'), headerOf(gzipped, 'ETag'));
    assert.is(headerOf(gzipped, 'Vary'), 'Accept-Encoding');
  }
});

test.run();
