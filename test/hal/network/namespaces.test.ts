/** The network helper with the kernel's own rules and queues, in namespaces: who reaches what. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openNetworkHelper } from '../../../hal/network/client.ts';
import type { NetworkPlan } from '../../../hal/network/plan.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { until } from '../../support/box.ts';
import {
  type BoxNetwork,
  INTERNET,
  openBoxNetwork,
  RESOLVER,
  whyNoBoxNetwork,
} from '../../support/network/box-network.ts';
import { nodeProgram } from '../../support/program.ts';

const test = suite('networks of the box, in the kernel');

const LONG_MS = 120_000;
const { signal } = new AbortController();
const GUESTS = { device: 'wlan0', tcp: [80, 8080], udp: [9000] };
const CREW = { device: 'eth1', upBps: 20_000_000, downBps: 50_000_000, dns: RESOLVER };
const BOX_PORTS = [
  'tcp:22',
  'tcp:53',
  'tcp:1883',
  'tcp:8080',
  'tcp:8081',
  'udp:53',
  'udp:9000',
  'udp:9001',
];

/** As systemd starts it, in the box's namespace. */
async function startHelper(network: BoxNetwork) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-netns-'));
  const path = join(folder, 'socket');
  const inside = ['netns', 'exec', network.name('box'), process.execPath];
  const args = [...inside, ...nodeProgram('hal/network/helper/main'), path];
  const child = spawn('ip', args, { stdio: ['ignore', 'inherit', 'pipe'] });
  let output = '';
  child.stderr.on('data', (text: Buffer) => {
    output += text.toString();
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const ask = async (request: Parameters<ReturnType<typeof openNetworkHelper>['ask']>[0]) => {
    using box = openNetworkHelper(systemClock, path);
    let reply: Awaited<ReturnType<typeof box.ask>> | undefined;
    await until(
      async () => {
        reply = await box.ask(request, signal).catch(() => undefined);
        return reply !== undefined;
      },
      LONG_MS,
      () => output,
    );
    assert.ok(reply?.ok, JSON.stringify(reply));
    return reply;
  };
  return {
    apply: (plan: NetworkPlan) => ask({ verb: 'apply', plan }),
    undo: () => ask({ verb: 'undo' }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** All that the kernel has of what the helper may change. */
function found({ run }: BoxNetwork) {
  return {
    rules: run('box', 'nft', 'list', 'ruleset'),
    queues: run('box', 'tc', 'qdisc', 'show'),
    policies: run('box', 'ip', 'rule', 'show'),
    routes: run('box', 'ip', '-4', 'route', 'show', 'table', 'all'),
    forwards: run('box', 'cat', '/proc/sys/net/ipv4/ip_forward'),
  };
}

async function listenEverywhere(network: BoxNetwork): Promise<void> {
  const outside = ['tcp:443', 'tcp:53', ...[INTERNET, RESOLVER].map((host) => `udp:${host}:53`)];
  await Promise.all([
    network.listen('box', BOX_PORTS),
    network.listen('uplink', outside),
    network.listen('cellular', outside),
    ...(['guest1', 'guest2', 'crew'] as const).map((place) => network.listen(place, ['tcp:7000'])),
  ]);
}

const keys = (seen: object) => Object.keys(seen).toSorted();
const at = (host: string, ports: readonly string[]) =>
  ports.map((port) => port.replace(':', `:${host}:`));

const reason = whyNoBoxNetwork();
if (reason !== undefined) console.log(`SKIPPED 2: ${reason}`);
else {
  test('guests reach the player alone, the crew the box and the internet, nobody them; undo leaves nothing', async () => {
    await using network = openBoxNetwork();
    const { run } = network;
    // Of others on this machine: it stays as it is.
    run('box', 'nft', 'add', 'table', 'inet', 'others');
    run('box', 'tc', 'qdisc', 'add', 'dev', 'wlan0', 'root', 'handle', '77:', 'pfifo');
    const before = found(network);
    await listenEverywhere(network);
    const boxes = ['10.42.0.1', '10.99.0.2'].flatMap((host) => at(host, BOX_PORTS));
    assert.equal(keys(await network.reach('guest1', boxes)), boxes.toSorted(), 'without rules');

    await using helper = await startHelper(network);
    const reply = await helper.apply({ guests: GUESTS, crew: CREW });
    assert.equal(reply.ok && reply.shaped.map(({ device }) => device), ['eth0', 'wwan0', 'eth1']);

    const elsewhere = [
      ...at(INTERNET, ['tcp:443', 'udp:53']),
      ...at('10.99.0.1', ['tcp:443']),
      ...['tcp:10.42.0.3:7000', 'tcp:10.42.77.2:7000'],
    ];
    // Round the access point that keeps guests apart: by the box as a router.
    run('guest1', 'ip', 'route', 'add', '10.42.0.3/32', 'via', '10.42.0.1');
    run('guest2', 'ip', 'route', 'add', '10.42.0.2/32', 'via', '10.42.0.1');
    const open = ['tcp:53', 'tcp:8080', 'udp:53', 'udp:9000'];
    const hosts = ['10.42.0.1', '10.99.0.2'];
    const forGuests = hosts.flatMap((host) => at(host, open));
    // Its questions for names go to the resolver of the plan, and are not answered by the box.
    const forCrew = [...at('10.42.77.1', BOX_PORTS), ...elsewhere.slice(0, 3)];
    const forUplink = at('10.99.0.2', BOX_PORTS);
    const [guest, crew, uplink] = await Promise.all([
      network.reach('guest1', forGuests, [...boxes, ...elsewhere]),
      network.reach('crew', forCrew, ['tcp:10.42.0.2:7000']),
      network.reach('uplink', forUplink, ['tcp:10.42.77.2:7000', 'tcp:10.42.0.2:7000']),
    ]);
    assert.equal(keys(guest), forGuests.toSorted());
    assert.equal(keys(crew), forCrew.toSorted());
    assert.is(crew[`tcp:${INTERNET}:443`], '10.99.0.2', 'its own address is hidden');
    assert.is(crew['udp:10.42.77.1:53'], '10.99.0.2', 'the resolver has answered');
    assert.is(crew['tcp:10.42.77.1:8081'], '10.42.77.2');
    assert.equal(keys(uplink), forUplink.toSorted());

    assert.ok((await helper.undo()).ok);
    assert.equal(found(network), before);
    assert.equal(keys(await network.reach('guest1', boxes)), boxes.toSorted(), 'as before');
  });

  test('Ethernet over cellular: the crew leaves by the modem alone, in its own class; the box in its own', async () => {
    await using network = openBoxNetwork();
    const { run } = network;
    const before = found(network);
    await listenEverywhere(network);
    await using helper = await startHelper(network);
    const plan = { crew: { ...CREW, via: 'wwan0' } };
    const first = await helper.apply(plan);
    assert.equal(first.ok && first.shaped.map(({ device }) => device), ['wwan0', 'eth1']);
    const target = `tcp:${INTERNET}:443`;
    assert.equal(await network.reach('crew', [target]), { [target]: '10.98.0.2' });
    assert.equal(await network.reach('box', [target]), { [target]: '10.99.0.2' });
    const modem = 'tcp:10.98.0.1:443';
    assert.equal(await network.reach('box', [modem]), { [modem]: '10.98.0.2' });
    const classes = run('box', 'tc', '-s', 'class', 'show', 'dev', 'wwan0');
    const sent = (id: string) =>
      Number(new RegExp(`class htb ${id} [^]*?Sent \\d+ bytes (\\d+) pkt`).exec(classes)?.[1]);
    assert.ok(sent('8b0c:20') >= 3, classes);
    assert.ok(sent('8b0c:10') >= 3, classes);

    // The same again touches nothing; what somebody flushes is back.
    const inForce = found(network);
    await helper.apply(plan);
    assert.equal(found(network), inForce);
    run('box', 'nft', 'flush', 'ruleset');
    run('box', 'tc', 'qdisc', 'del', 'dev', 'wwan0', 'root');
    await helper.apply(plan);
    assert.equal(keys(found(network)), keys(inForce));
    assert.equal(found(network).rules, inForce.rules);

    // Its data budget is used up: not even what is open already goes on.
    await helper.apply({ crew: { ...plan.crew, spent: ['wwan0'] } });
    assert.equal(await network.reach('crew', [], [target]), {});
    assert.equal(await network.reach('box', [modem]), { [modem]: '10.98.0.2' });

    // The modem goes: no other way carries the crew's traffic.
    run('box', 'ip', 'link', 'set', 'wwan0', 'down');
    await helper.apply(plan);
    assert.equal(await network.reach('crew', [], [target]), {});
    run('box', 'ip', 'link', 'set', 'wwan0', 'up');
    run(
      'box',
      'ip',
      'route',
      'add',
      'default',
      'via',
      '10.98.0.1',
      'dev',
      'wwan0',
      'metric',
      '700',
    );
    await helper.apply(plan);
    assert.equal(await network.reach('crew', [target]), { [target]: '10.98.0.2' });
    assert.ok((await helper.undo()).ok);
    assert.equal({ ...found(network), queues: '' }, { ...before, queues: '' });
    assert.not.match(found(network).queues, '8b0c:');
  });
}

test.run();
