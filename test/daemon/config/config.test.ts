/** Tests of the config file and its faults. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDocument } from 'yaml';
import { ladderOf } from '../../../daemon/config/config.ts';
import { ConfigError, parseConfig } from '../../../daemon/config/file.ts';
import { BOARDS } from '../../../hal/battery/boards.ts';
import { readMachineId } from '../../../hal/os/files/machine-id.ts';

const test = suite('config');
const EXAMPLE = readFileSync('systemd/venuebox.example.yaml', 'utf8');

function faults(yaml: string, overrides: readonly string[] = []): readonly string[] {
  try {
    parseConfig('box.yaml', yaml, overrides);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('the language of slips is one of those of the pages, English by itself', () => {
  const languageOf = (yaml: string) => parseConfig('box.yaml', yaml, []).box.language;
  assert.equal([languageOf(''), languageOf('box: {language: fr}')], ['en', 'fr']);
  assert.match(faults('box: {language: tlh}')[0] ?? '', 'box.language must be one of: en, de');
});

test('an empty file is a whole config', () => {
  const config = parseConfig('box.yaml', '', []);
  assert.is(config.viewers.port, 8080);
  assert.is(config.operator.port, 8081);
  assert.is(config.viewers.part_ms, 200);
  assert.is(config.camera.driver, 'test');
});

test('a box without a name is called by its machine, the same each time; one with a name by that', () => {
  const nameOf = (yaml: string) => parseConfig('box.yaml', yaml, []).box.name;
  assert.match(nameOf(''), /^venuebox-[\da-f]{5}$/);
  assert.is(nameOf(''), `venuebox-${readMachineId().slice(0, 5)}`);
  assert.is(nameOf('box: {name: ""}'), nameOf(''));
  assert.is(nameOf('box: {name: corner}'), 'corner');
  assert.match(faults('box: {name: Corner!}')[0] ?? '', 'box.name must be lower-case letters');
});

test('every fault is reported at once, with its key path and its line', () => {
  const yaml =
    'camera:\n  driver: foo\n  fps: 1000\nviewers:\n  prt: 1\nrenditions:\n  - name: a\n    width: 641\n    height: 2\n';
  const reported = faults(yaml);
  assert.match(reported.join('\n'), 'box.yaml:2: camera.driver must be one of: test, v4l2');
  assert.match(
    reported.join('\n'),
    'box.yaml:3: camera.fps must be a whole number from 5 to 60, not 1000',
  );
  assert.match(reported.join('\n'), 'box.yaml:5: viewers.prt: unknown key; did you mean port?');
  assert.match(reported.join('\n'), 'box.yaml:8: renditions.0.width must be even');
  assert.match(reported.join('\n'), 'box.yaml:7: renditions.0.bitrate_bps is missing');
});

test('each unknown key is reported, not the first of its object alone', () => {
  const reported = faults('cam: 1\nviewrs: 2\ncamera:\n  a: 1\n  b: 2\n  fps: x\n').join('\n');
  for (const key of ['cam', 'viewrs', 'camera.a', 'camera.b'])
    assert.match(reported, ` ${key}: unknown key`);
  assert.match(reported, 'box.yaml:6: camera.fps must be');
  assert.is(reported.split('\n').length, 5);
});

test('a GPIO line works one button or one lamp, and a lamp of the LED class none', () => {
  const [reported, ...others] = faults('panel: {driver: gpio, buttons: {mark: {line: GPIO17}}}');
  assert.match(
    reported ?? '',
    'panel.buttons.mark.line: line GPIO17 is already used by panel.buttons.drop.line',
  );
  assert.is(others.length, 0);
  assert.match(
    faults('panel: {driver: gpio, lamps: {sound: {line: GPIO17}}}')[0] ?? '',
    'panel.lamps.sound.line',
  );
  assert.equal(faults('panel: {driver: simulated, lamps: {sound: {line: GPIO17}}}'), []);
  const chip = '{chip: pinctrl, offset: 4}';
  assert.is(
    faults(`panel: {driver: gpio, lamps: {sound: {line: ${chip}}, links: {line: ${chip}}}}`).length,
    1,
  );
  assert.equal(
    faults('panel: {driver: gpio, lamps: {sound: {line: GPIO17, led: snd}, links: {line: ""}}}'),
    [],
  );
});

test('what is no YAML is reported with its line', () => {
  assert.match(faults('a: [1,\nb: {')[0] ?? '', /^box\.yaml:\d+: /);
});

test('a driver that needs a key says so', () => {
  assert.match(
    faults('camera: {driver: custom}')[0] ?? '',
    'camera.launch must hold a gst-launch fragment',
  );
  assert.match(faults('camera: {driver: v4l2}')[0] ?? '', 'camera.device must name a device');
  assert.match(faults('sound: {driver: file}')[0] ?? '', 'sound.file must name a media file');
});

test('two servers cannot share a port, two renditions no name, and a profile names what is there', () => {
  assert.match(
    faults('operator: {port: 8080}')[0] ?? '',
    'operator.port: port 8080 is already used by viewers.port',
  );
  const twice =
    'renditions:\n- {name: a, width: 64, height: 64, bitrate_bps: 100000}\n- {name: a, width: 64, height: 64, bitrate_bps: 100000}\n';
  assert.match(faults(twice)[0] ?? '', 'renditions.1.name: a is already used by renditions.0.name');
  assert.match(
    faults('profiles: {phone: [zzz]}')[0] ?? '',
    'profiles.phone.0: unknown rendition zzz; there are: high, mid, low',
  );
});

test('every server of the box has a port of its own, and which two share one is reported', () => {
  const tls = 'port: 8443, cert_file: a, key_file: b';
  for (const [yaml, reported] of [
    ['metrics: {port: 8080}', 'metrics.port: port 8080 is already used by viewers.port'],
    ['metrics: {port: 8081}', 'metrics.port: port 8081 is already used by operator.port'],
    ['mqtt: {broker_port: 8080}', 'mqtt.broker_port: port 8080 is already used by viewers.port'],
    [
      'metrics: {port: 1883}\nmqtt: {broker_port: 1883}',
      'mqtt.broker_port: port 1883 is already used by metrics.port',
    ],
    [
      `viewers: {tls: {${tls}}}\noperator: {port: 8443}`,
      'operator.port: port 8443 is already used by viewers.tls.port',
    ],
  ] as const) {
    const [fault = '', ...more] = faults(yaml);
    assert.match(fault, reported);
    assert.equal(more, []);
  }
  // 0 is none, and two that are none share nothing.
  assert.equal(faults('metrics: {port: 0}\nmqtt: {broker_port: 0}'), []);
});

test('a UPS board is one that the box knows, and a wrong one is answered by all that are', () => {
  const ids = ['auto', 'simulated', 'none', ...BOARDS.map(({ id }) => id)];
  for (const id of ids) {
    assert.is(parseConfig('box.yaml', `power: {board: ${id}}`, []).power.board, id);
  }
  assert.equal(faults('power:\n  board: geekworm-x729'), [
    `box.yaml:2: power.board must be one of: ${ids.join(', ')}, not "geekworm-x729"`,
  ]);
  assert.is(parseConfig('box.yaml', 'power: {capacity_mah: 1}', []).power.board, 'auto');
});

test('the example names every UPS board', () => {
  const lines = EXAMPLE.slice(EXAMPLE.indexOf('\npower:'), EXAMPLE.indexOf('\nprinter:'));
  for (const { id } of BOARDS) {
    assert.ok(new RegExp(`[ #]${id}(,|$)`, 'm').test(lines), id);
  }
});

test('an edge takes a web address that is not its own, and sends nothing upstream', () => {
  const upstream = (value: string) => faults('', [`edge.upstream=${value}`]).join('\n');
  for (const good of ['http://10.0.0.5:8080', 'https://cdn.example.org/show/main.m3u8']) {
    assert.is(upstream(good), '');
  }
  for (const wrong of ['10.0.0.5', 'ftp://10.0.0.5', 'http://', 'http://h/?a=1', 'nonsense']) {
    assert.match(upstream(wrong), 'edge.upstream must be like http://10.0.0.5:8080 or');
  }
  const named = upstream('http://me:secret@10.0.0.5');
  assert.match(named, 'must not contain a user name or password');
  assert.not.match(named, 'secret');
  assert.match(upstream('http://localhost:8080/'), 'is the address of this box itself');
  const whep = (value: string) => faults('', [`edge.upstream=${value}`, 'viewers.whep.port=8189']);
  assert.is(whep('http://10.0.0.5').join(), '');
  assert.match(whep('https://host/show/index.m3u8').join(), 'viewers.whep.port must be 0: only');
  const uplink = 'edge: {upstream: "http://10.0.0.5"}\nuplink: {host: a, port: 5000}';
  assert.match(faults(uplink).join(), /box.yaml:2: uplink must be left out with edge.upstream/);
});

test('STUN and TURN servers are named by host or address, an IPv6 address in brackets', () => {
  const ice = (server: string) => faults('', [`viewers.whep.ice_servers=["${server}"]`]);
  const good = ['stun:stun.example.org', 'stun:192.0.2.1:3478', 'stun:[2001:db8::1]:3478'];
  for (const server of [...good, 'turns:[2001:db8::1]?transport=tcp'])
    assert.equal(ice(server), []);
  for (const server of ['stun:2001:db8::1', 'stun:[x]', 'stun:[::1]x', 'stun:a?transport=tcp'])
    assert.match(ice(server).join(), 'must be like stun:stun.example.org:3478', server);
});

test('--set lays a value over the file, a launch line with commas as it is', () => {
  const launch = 'filesrc location=/tmp/x ! rawvideoparse width=2,height=2 ! queue';
  const config = parseConfig('box.yaml', 'viewers: {port: 9000}', [
    'viewers.port=9001',
    'camera.driver=custom',
    `camera.launch=${launch}`,
    'viewers.part_ms=100',
  ]);
  assert.is(config.viewers.port, 9001);
  assert.is(config.viewers.part_ms, 100);
  assert.is(config.camera.launch, launch);
});

test('a fault of --set names the option, not a line', () => {
  assert.equal(faults('', ['viewers.port=0']), [
    '--set viewers.port: viewers.port must be a whole number from 1 to 65535, not 0',
  ]);
  assert.match(faults('', ['nonsense'])[0] ?? '', 'must be like path.to.key=value');
});

test('profiles that are not configured follow from the bitrates', () => {
  assert.equal(ladderOf(parseConfig('x', '', [])), {
    phone: ['mid', 'low'],
    laptop: ['high', 'mid', 'low'],
    'low-data': ['low'],
  });
});

test('the config is frozen', () => {
  const config = parseConfig('x', '', []);
  assert.throws(() => Object.assign(config.viewers, { port: 1 }));
});

test('an alias without its anchor is reported', () => {
  assert.match(faults('*!')[0] ?? '', /^box\.yaml: /);
  assert.match(faults('camera: {device: *x}')[0] ?? '', /^box\.yaml/);
});

test('any text and any override is a config or a ConfigError', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string(), { maxLength: 3 }), (yaml, overrides) => {
      faults(yaml, overrides);
    }),
  );
});

test('the example shows every key, each with its default', () => {
  const shown = parseConfig('example', EXAMPLE, []);
  const plain = parseConfig('plain', '', []);
  const { tls, ...viewers } = shown.viewers;
  const { tls: operatorTls, ...operator } = shown.operator;
  const { profiles, uplink, recording, mqtt, ...rest } = shown;
  const { profiles: _, recording: none, mqtt: plainMqtt, ...defaults } = plain;
  const { tls: webhookTls, ...webhook } = shown.orders.webhook;
  const orders = { ...shown.orders, webhook };
  assert.ok(tls && operatorTls && webhookTls);
  assert.equal({ ...rest, viewers, operator, orders }, defaults);
  assert.ok(Object.values(mqtt.tls).every((file) => file !== ''));
  assert.equal({ ...mqtt, tls: plainMqtt.tls }, plainMqtt);
  const [first] = recording.targets;
  assert.equal(none.targets, [first]);
  const least = 'recording: {targets: [{id: card, folder: recordings}]}';
  assert.equal(parseConfig('x', least, []).recording.targets, [first]);
  assert.equal(profiles, ladderOf(plain));
  const { links = [], ...leastUplink } =
    parseConfig('x', 'uplink: {host: h, port: 1}', []).uplink ?? {};
  const { links: shownLinks = [], ...shownUplink } = uplink ?? {};
  assert.equal({ ...shownUplink, host: 'h', port: 1 }, leastUplink);
  assert.is(links.length, 0);
  assert.is(shownLinks.length, 2);
});

test('an uplink names a receiver, links that can be found, and a rendition that is there', () => {
  const reported = faults(
    'uplink: {host: "a b", port: 1, rendition: huge, bitrate_bps: 100000, links: [{id: a}, {id: a, device: x}]}',
  ).join('\n');
  assert.match(reported, 'uplink.host must be an IP address or a host name');
  const more = faults(
    'uplink: {host: a, port: 1, rendition: huge, bitrate_bps: 100000, links: [{id: a}, {id: a, device: x}]}',
  ).join('\n');
  assert.match(more, 'uplink.rendition: unknown rendition huge; there are: high, mid, low');
  assert.match(more, 'uplink.min_bitrate_bps must not be above bitrate_bps');
  assert.match(more, 'uplink.links.0 must name a device or an address');
  assert.match(more, 'uplink.links.1.id: a is already used by uplink.links.0.id');
});

test('every key of the example has its effect written beside it', () => {
  const lines = EXAMPLE.split('\n');
  for (const [i, line] of lines.entries()) {
    if (!/^\s*[\w-]+:/.test(line)) continue;
    const hasComment = line.includes('#') || lines[i - 1]?.trim().startsWith('#');
    assert.ok(hasComment, `line ${i + 1}: ${line}`);
  }
  assert.is(parseDocument(EXAMPLE).errors.length, 0);
});

test.run();
