/** Cache headers, ETags, digests, the catalogue and tokens. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { posterFreshness } from '../../../../pipelines/clips/poster-store.ts';
import { liveFreshness } from '../../../../pipelines/hls/freshness.ts';
import { limitsFor } from '../../../../pipelines/hls/limits.ts';
import { checkPath, signPath } from '../../../../pipelines/http/access/token.ts';
import { renderCacheControl } from '../../../../pipelines/http/cache/cache-control.ts';
import { renderCacheStatus } from '../../../../pipelines/http/cache/cache-status.ts';
import { Catalogue } from '../../../../pipelines/http/cache/catalogue.ts';
import { digestOf, isNotModified, wantsSha256 } from '../../../../pipelines/http/cache/digest.ts';
import { respondCatalogue } from '../../../../pipelines/http/respond.ts';

const test = suite('cache rules');
const limits = limitsFor(200, 2000, 20);
const KEY = Buffer.alloc(32, 7);

test('what is named by its content is cached for a year', () => {
  assert.is(renderCacheControl({ kind: 'immutable' }), 'public, max-age=31536000, immutable');
});

test('live objects have a lifetime, and may be used a little longer while the origin fails', () => {
  const control = (...args: Parameters<typeof liveFreshness>) =>
    renderCacheControl(liveFreshness(...args));
  assert.is(control(limits, 'playlist'), 'max-age=1, stale-while-revalidate=2, stale-if-error=12');
  assert.is(control(limits, 'blocking playlist'), 'max-age=12');
  assert.is(control(limits, 'media'), 'max-age=12, stale-if-error=12');
  assert.is(
    renderCacheControl(posterFreshness(15)),
    'max-age=15, stale-while-revalidate=60, stale-if-error=86400',
  );
});

test('an ETag is strong and has 11 characters', () => {
  const one = digestOf([Buffer.from('he'), Buffer.from('llo')]);
  assert.is(one.etag, '"LPJNul-wow4"');
  assert.is(one.reprDigest, 'sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:');
  assert.equal(digestOf([Buffer.from('hello')]), one);
});

test('If-None-Match is compared weakly, in lists, and with *', () => {
  assert.ok(isNotModified('"a", W/"LPJNul-wow4"', '"LPJNul-wow4"'));
  assert.ok(isNotModified(' * ', '"x"'));
  assert.not.ok(isNotModified('"y", "z"', '"x"'));
  assert.not.ok(isNotModified('x', '"x"'));
  assert.not.ok(isNotModified(undefined, '"x"'));
});

test('Repr-Digest is sent where it is asked for', () => {
  assert.ok(wantsSha256('sha-512=3, sha-256=10'));
  assert.not.ok(wantsSha256('sha-256=0'));
  assert.not.ok(wantsSha256('sha-512=1'));
  assert.not.ok(wantsSha256(undefined));
});

test('the catalogue has an ETag of its own that changes with any asset', () => {
  const catalogue = new Catalogue();
  catalogue.set('/b', '"2"');
  catalogue.set('/a', '"1"');
  const first = catalogue.render();
  assert.is(first.body.toString(), '{"assets":{"/a":"1","/b":"2"}}');
  catalogue.set('/a', '"1"');
  assert.is(catalogue.render().etag, first.etag);
  catalogue.set('/a', '"3"');
  assert.is.not(catalogue.render().etag, first.etag);
});

test('the catalogue gets 304 where it is unchanged, and a digest on request', () => {
  const catalogue = new Catalogue();
  catalogue.set('/a', '"1"');
  const get = (headers: Readonly<Record<string, string>>) => {
    const reply = respondCatalogue((name) => headers[name], catalogue);
    const value = (name: string) => reply.headers[reply.headers.indexOf(name) + 1];
    return { ...reply, value };
  };
  const first = get({ 'want-repr-digest': 'sha-256=5' });
  assert.match(first.value('Repr-Digest') ?? '', /^sha-256=:.+:$/);
  assert.is(first.value('Cache-Control'), 'no-cache');
  const again = get({ 'if-none-match': first.value('ETag') ?? '' });
  assert.equal([again.status, again.body.length], [304, 0]);
  catalogue.set('/a', '"2"');
  assert.is(get({ 'if-none-match': first.value('ETag') ?? '' }).status, 200);
});

test('Cache-Status says what was done', () => {
  assert.is(renderCacheStatus({ type: 'hit', ttlS: 3.4 }), 'venuebox; hit; ttl=3');
  assert.is(
    renderCacheStatus({
      type: 'forward',
      why: 'uri-miss',
      status: 200,
      isStored: true,
      isCollapsed: true,
    }),
    'venuebox; fwd=uri-miss; fwd-status=200; stored; collapsed',
  );
  assert.is(
    renderCacheStatus({ type: 'hit', ttlS: -2, detail: 'a "b"\r\n\\' }),
    'venuebox; hit; ttl=-2; detail="a \\"b\\"??\\\\"',
  );
});

test('a token opens its own path until it expires, and nothing else', () => {
  const signed = signPath('/poster/live-640', 2_000, KEY);
  assert.equal(checkPath(signed, 1_999, KEY), {
    type: 'good',
    path: '/poster/live-640',
    expiresS: 2_000,
  });
  assert.is(checkPath(signed, 2_000, KEY).type, 'expired');
  assert.is(checkPath(signed, 1_000, Buffer.alloc(32, 8)).type, 'forged');
  assert.is(checkPath(signed.replace('640', '320'), 1_000, KEY).type, 'forged');
  assert.is(checkPath('/poster/live-640', 1_000, KEY).type, 'none');
});

test('a token changed in any character is forged, and any path is answered', () => {
  const signed = signPath('/clip/a', 5_000, KEY);
  fc.assert(
    fc.property(
      fc.nat(signed.length - 1),
      fc.string({ minLength: 1, maxLength: 1 }),
      (at, character) => {
        const other = signed.slice(0, at) + character + signed.slice(at + 1);
        if (other !== signed) assert.is.not(checkPath(other, 1_000, KEY).type, 'good');
      },
    ),
    { numRuns: 2_000 },
  );
  fc.assert(fc.property(fc.string(), (path) => void checkPath(`/t/${path}`, 0, KEY)));
});

test.run();
