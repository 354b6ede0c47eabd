/** What phones and laptops get that ask whether the hotspot leads anywhere. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answerAnyHost } from '../../../pipelines/captive/probes.ts';

const test = suite('captive portal probes');

const PAGE = 'http://10.42.0.1:8081/';

/** As each system sends them, and what it takes for a yes. */
const PROBES = [
  ['iOS', 'captive.apple.com', '/hotspot-detect.html', 200, /<BODY>Success<\/BODY>/],
  ['macOS', 'www.apple.com', '/library/test/success.html', 200, /<BODY>Success<\/BODY>/],
  ['Android', 'connectivitycheck.gstatic.com', '/generate_204', 204, /^$/],
  ['Android', 'www.google.com', '/gen_204', 204, /^$/],
  ['Samsung', 'connectivity.samsung.com.cn', '/generate_204', 204, /^$/],
  ['Windows', 'www.msftconnecttest.com', '/connecttest.txt', 200, /^Microsoft Connect Test$/],
  ['Windows', 'ipv6.msftconnecttest.com', '/connecttest.txt', 200, /^Microsoft Connect Test$/],
  ['Windows 8', 'www.msftncsi.com', '/ncsi.txt', 200, /^Microsoft NCSI$/],
  ['Firefox', 'detectportal.firefox.com', '/success.txt', 200, /^success\n$/],
  ['Firefox', 'detectportal.firefox.com', '/canonical.html', 200, /support\.mozilla\.org/],
  ['GNOME', 'nmcheck.gnome.org', '/check_network_status.txt', 200, /^NetworkManager is online\n$/],
  ['Ubuntu', 'connectivity-check.ubuntu.com', '/', 204, /^$/],
  ['KDE', 'networkcheck.kde.org', '/', 200, /^OK\n$/],
] as const;

test('each system’s probe leads to the page, and gets its yes from a phone that is done with it', () => {
  for (const [system, host, path, status, body] of PROBES) {
    const first = answerAnyHost(host, path, PAGE, false);
    assert.is(first.status, 302, system);
    assert.is(first.headers?.['Location'], PAGE, system);
    const then = answerAnyHost(host.toUpperCase(), path, PAGE, true);
    assert.is(then.status, status, system);
    assert.match(then.body ?? '', body, system);
  }
});

test('what the browser then opens leads to the page, also for a phone that is done with it', () => {
  for (const hasSeen of [true, false]) {
    for (const [host, path] of [
      ['www.msftconnecttest.com', '/redirect'],
      ['example.com', '/'],
      ['10.42.0.1', '/'],
      ['', ''],
    ] as const) {
      assert.is(answerAnyHost(host, path, PAGE, hasSeen).headers?.['Location'], PAGE, host);
    }
  }
});

test('no request of any host or path gets anything but a yes of the table or the page', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.boolean(), (host, path, hasSeen) => {
      const { status, headers } = answerAnyHost(host, path, PAGE, hasSeen);
      assert.ok(status === 302 ? headers?.['Location'] === PAGE : hasSeen);
    }),
    { seed: 16 },
  );
});

test.run();
