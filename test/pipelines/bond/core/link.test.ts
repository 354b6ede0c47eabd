/** The phases of one link. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Link } from '../../../../pipelines/bond/core/link.ts';
import { configOf } from '../support/simulated-venue.ts';

const test = suite('a link');

/** An active link of 50 ms RTT at time 1000, with nothing in flight. */
function active(): Link {
  const link = new Link(0, configOf(0));
  link.onReceived(2, 1000);
  link.onRegistered(1000, true);
  for (let sample = 0; sample < 20; sample += 1) link.rtt.add(50, 1000);
  return link;
}

function send(link: Link, from: number, count: number, nowMs: number): void {
  for (let sequence = from; sequence < from + count; sequence += 1)
    link.onSent(sequence, 1332, nowMs);
}

test('silent with packets in flight it is first suspect, then stalled after 250 ms', () => {
  const link = active();
  send(link, 0, 20, 1000);
  assert.is(link.check(1050), 'none');
  assert.is(link.check(1130), 'suspected');
  assert.is(link.check(1240), 'none');
  assert.is(link.check(1260), 'stalled');
  assert.is(link.state.phase, 'stalled');
});

test('a path of high RTT is given twice its RTT', () => {
  const link = active();
  for (let sample = 0; sample < 60; sample += 1) link.rtt.add(400, 1000);
  send(link, 0, 20, 1000);
  link.check(1700);
  assert.is(link.state.phase, 'suspect');
  assert.is(link.check(1830), 'stalled');
});

test('silent without packets in flight it stays active', () => {
  const link = active();
  send(link, 0, 3, 1000);
  assert.is(link.check(2500), 'none');
  assert.is(link.state.phase, 'active');
});

test('a suspect link that replies is active again', () => {
  const link = active();
  send(link, 0, 20, 1000);
  link.check(1130);
  link.onReceived(44, 1140);
  assert.is(link.state.phase, 'active');
});

test('a stalled link rejoins after three echoes, and after more when it stalled before', () => {
  const link = active();
  link.stall('silent', 1000);
  assert.is(echoesToRejoin(link, 1000), 3);
  link.stall('silent', 3000);
  assert.is(echoesToRejoin(link, 3000), 5);
  link.stall('silent', 100_000);
  assert.is(echoesToRejoin(link, 100_000), 3, 'long ago is forgotten');
});

test('one that stalls every 15 s, as a satellite changes hands, never needs more than that', () => {
  const link = active();
  for (let handover = 1; handover <= 10; handover += 1) {
    const atMs = 1000 + 15_000 * handover;
    link.stall('silent', atMs);
    assert.is(echoesToRejoin(link, atMs), handover === 1 ? 3 : 5);
  }
});

test('a stalled link rejoins at the first echo when it is the only one', () => {
  const link = active();
  link.stall('silent', 1000);
  link.onEcho(50, 38, 1100, true);
  assert.is(link.state.phase, 'active');
});

test('after four seconds of silence it must register again', () => {
  const link = active();
  send(link, 0, 20, 1000);
  for (let nowMs = 1020; nowMs <= 5000; nowMs += 20) link.check(nowMs);
  assert.is(link.check(5020), 'timed-out');
  assert.is(link.state.phase, 'out');
});

test('keepalives go once a second, and several times a second while a reply is overdue', () => {
  const link = active();
  assert.ok(link.takePing(1000));
  link.onReceived(38, 1050);
  assert.not.ok(link.takePing(1500));
  send(link, 0, 20, 1600);
  assert.ok(link.takePing(1700));
});

function echoesToRejoin(link: Link, fromMs: number): number {
  let echoes = 0;
  while (link.state.phase === 'stalled') link.onEcho(50, 38, fromMs + 150 * ++echoes, false);
  return echoes;
}

test('a link that is out reports why its socket cannot be used, each reason once', () => {
  const link = new Link(0, configOf(0));
  assert.is(link.onUnusable('EAI_AGAIN'), true);
  assert.is(link.reason, 'the name of the receiver cannot be looked up (EAI_AGAIN)');
  assert.is(link.onUnusable('EAI_AGAIN'), false);
  assert.is(link.onUnusable('ENOTFOUND'), true);
  assert.is(link.onUnusable('EAI_AGAIN'), false, 'two alternating errors are not reported again');
  link.onOpened();
  assert.is(link.reason, 'no answer yet');
  link.onUnusable('ECONNREFUSED');
  link.onOpened();
  assert.is(link.reason, 'nothing listens at the receiver (ECONNREFUSED)');
  link.onUnusable('Some message of <script>');
  assert.is(link.reason, 'the socket fails');
});

test('a fault ends when the link is registered, and is reported again later', () => {
  const link = new Link(0, configOf(0));
  link.onUnusable('ENOTFOUND');
  link.onReceived(2, 1000);
  link.onRegistered(1000, true);
  assert.is(link.reason, 'registered');
  link.deregister('silent for 4 s');
  link.onOpened();
  assert.is(link.reason, 'silent for 4 s', 'a new port says nothing about the silence');
  assert.is(link.onUnusable('ENOTFOUND'), true);
});

test.run();
