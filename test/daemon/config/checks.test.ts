/** What the config promises is checked, and all of it at once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openCameras } from '../../../daemon/config/config.ts';
import { ConfigError, parseConfig } from '../../../daemon/config/file.ts';

const test = suite('checks of the config');

function faults(yaml: string, overrides: readonly string[] = []): readonly string[] {
  try {
    parseConfig('box.yaml', yaml, overrides);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('renditions are at most 2x apart', () => {
  const renditions = (...bitrates: readonly number[]) =>
    bitrates.map((bps, i) => `{name: r${i}, width: 64, height: 64, bitrate_bps: ${bps}}`).join();
  const of = (...bitrates: readonly number[]) => faults(`renditions: [${renditions(...bitrates)}]`);
  assert.equal(of(400_000, 200_000, 100_000), []);
  const [fault = '', ...more] = of(100_000, 400_000, 210_000);
  assert.match(fault, 'renditions.2.bitrate_bps must be at most twice that of the next lower');
  assert.equal(more, []);
});

test('two links share no interface, and two targets no folder', () => {
  const links = (more: string) =>
    faults(
      `uplink: {host: a, port: 1, links: [{id: a, device: wwan0}, {id: b, device: wwan0${more}}]}`,
    );
  assert.match(
    links('')[0] ?? '',
    'uplink.links.1.device: interface wwan0 is already used by uplink.links.0.device',
  );
  assert.equal(links(', enabled: false'), []);
  const targets = 'recording: {targets: [{id: a, folder: /srv/a/}, {id: b, folder: /srv/./a}]}';
  assert.match(
    faults(targets)[0] ?? '',
    'recording.targets.1.folder: folder /srv/a is already used by recording.targets.0.folder',
  );
});

test('hosts are addresses or names', () => {
  for (const good of ['0.0.0.0', '::1', 'box-1.local', 'localhost', 'a_b']) {
    assert.equal(faults(`viewers: {host: "${good}"}`), [], good);
  }
  for (const wrong of ['', '1.2.3', '300.1.1.1', '-a', 'a b', 'http://a', 'a..b']) {
    assert.match(
      faults(`viewers: {host: "${wrong}"}`)[0] ?? '',
      'viewers.host must be an IP address or a host name',
    );
  }
});

test('the sound of the camera is that of one which may send sound', () => {
  const url = { rtsp: 'rtsp://a/live', srt: 'srt://:7001?mode=listener' };
  for (const [driver, at] of Object.entries(url)) {
    const camera = `camera: {driver: ${driver}, url: "${at}"}\n`;
    assert.equal(faults(`${camera}sound: {driver: camera}`), [], driver);
  }
  for (const driver of ['test', 'libcamera']) {
    assert.match(
      faults(`camera: {driver: ${driver}}\nsound: {driver: camera}`)[0] ?? '',
      'can be camera only where camera.driver is rtsp, srt or whip',
    );
  }
});

test('one phone or OBS sends by WHIP, and its UDP port is its own', () => {
  const whip = 'camera: {driver: whip}\nsound: {driver: camera}\n';
  assert.equal(faults(`${whip}viewers: {whep: {port: 8189}}`), []);
  assert.match(
    faults('sound: {driver: camera}')[0] ?? '',
    /sound\.driver.* can be camera only where/,
  );
  assert.match(
    faults(`${whip}camera2: {driver: whip}`)[0] ?? '',
    /camera2\.driver.* must not be whip/,
  );
  assert.match(
    faults('camera2: {driver: whip}\nviewers: {whep: {port: 8190}}')[0] ?? '',
    'UDP port 8190 is already used by viewers.whep.port',
  );
});

test('two phones that call by SRT do so at a port each', () => {
  const cameras = (first: string, second: string, more = '') =>
    faults(
      `camera: {driver: srt, url: "${first}"}\ncamera2: {driver: srt, url: "${second}"}\n${more}`,
    );
  const used = 'box.yaml:2: camera2.url: UDP port 7001 is already used by camera.url';
  for (const other of [
    'srt://:7001?mode=listener',
    'srt://:7001',
    'srt://[::]:7001?mode=listener',
  ]) {
    assert.match(cameras('srt://:7001?mode=listener', other)[0] ?? '', used);
  }
  assert.equal(cameras('srt://:7001?mode=listener', 'srt://:7002?mode=listener'), []);
  // The box calls both: those are ports of others.
  assert.equal(cameras('srt://10.0.0.8:7001', 'srt://10.0.0.9:7001?mode=caller'), []);
  assert.match(
    cameras('srt://:7001', 'srt://:7002', 'viewers: {whep: {port: 7002}}')[0] ?? '',
    'camera2.url: UDP port 7002 is already used by viewers.whep.port',
  );
});

test('a YAML fault is listed beside the faults of the keys', () => {
  const all = faults('viewers:\n  prt: 1\n  port: 8080\n  port: 0\nsound: {driver: x}\n');
  assert.match(all.join('\n'), 'box.yaml:4: invalid YAML: Map keys must be unique');
  assert.match(all.join('\n'), 'box.yaml:2: viewers.prt: unknown key; did you mean port?');
  assert.match(all.join('\n'), 'box.yaml:5: sound.driver must be one of');
});

test('text of --set is taken as it stands', () => {
  for (const title of ['A: B', 'Tour #3', 'x, y', '*star', '- dash']) {
    assert.is(parseConfig('x', '', [`drop.title=${title}`]).drop.title, title);
  }
  assert.is(parseConfig('x', '', ['drop.title="2026"']).drop.title, '2026');
  assert.is(parseConfig('x', '', ['clips.folder=']).clips.folder, '');
  assert.is(faults('', ['nonsense', 'viewers.port=0', 'viewers.prt=1']).length, 3);
});

test('an IPv6 address that ends in colons needs no quotes, and its line is counted', () => {
  const parsed = (yaml: string) => parseConfig('box.yaml', yaml, []);
  assert.is(parsed('viewers:\n  host: ::\n').viewers.host, '::');
  assert.is(parsed('viewers:\r\n  host: ::  # all\r\n  port: 9000\r\n').viewers.host, '::');
  assert.is(parsed('viewers: { host: FD00::, port: 9000 }').viewers.host, 'FD00::');
  assert.is(parsed('viewers: { host: :: }').viewers.host, '::');
  const url = 'srt://[::]:7001';
  assert.is(parsed(`camera: {driver: srt, url: "${url}"}`).camera.url, url);
  const proxies = (list: string) => parsed(`viewers:\n  trusted_proxies:${list}\n`).viewers;
  assert.equal(proxies(' [::, fd00::, ::1]').trusted_proxies, ['::', 'fd00::', '::1']);
  assert.equal(proxies('\n    - fd00::\n    - ::').trusted_proxies, ['fd00::', '::']);
  assert.is(parsed('drop:\n  title: "add:: more"\n').drop.title, 'add:: more');
  const [wrong = ''] = faults('viewers:\n  host: ::\n  prt: 1\n');
  assert.match(wrong, 'box.yaml:3: viewers.prt');
});

test('a camera that anybody on the network can be is named, where it has no passphrase', () => {
  const named = (url: string, secret = '') => {
    const second = `{driver: srt, url: "${url}", credentials_file: "${secret}"}`;
    const yaml = `camera: {driver: test}\ncamera2: ${second}`;
    return openCameras(parseConfig('box.yaml', yaml, [])).map((line) => line.split(':')[0]);
  };
  assert.equal(openCameras(parseConfig('box.yaml', '', [])), []);
  assert.equal(named('srt://10.0.0.8:7001'), [], 'the box calls it');
  for (const url of ['srt://:7001', 'srt://:7001?mode=listener']) {
    assert.equal(named(url, '/etc/venuebox/srt'), []);
    assert.equal(named(url), ['camera2.url']);
  }
});

test.run();
