/** Which rendition a viewer by WebRTC gets. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RenditionChoice } from '../../../pipelines/whep/rendition-choice.ts';

const test = suite('renditions by WebRTC');

const LADDER = [400_000, 1_000_000, 2_500_000];

/** A viewer that reports once a second. */
function watch(
  choice: RenditionChoice,
  fromS: number,
  toS: number,
  lost: number,
  estimateBps?: number,
) {
  for (let s = fromS; s < toS; s += 1) {
    choice.setLost(lost, s * 1000);
    if (estimateBps !== undefined) choice.setEstimate(estimateBps, s * 1000);
  }
}

test('it begins with the highest, and stays with it where it arrives', () => {
  const choice = new RenditionChoice(LADDER, 0);
  watch(choice, 0, 60, 0, 3_000_000);
  assert.is(choice.index, 2);
});

test('losses bring it down one by one, and a single bad report does not', () => {
  const choice = new RenditionChoice(LADDER, 0);
  watch(choice, 0, 10, 0);
  choice.setLost(0.5, 10_000);
  choice.setLost(0, 11_000);
  assert.is(choice.index, 2);
  watch(choice, 12, 15, 0.3);
  assert.is(choice.index, 1);
  watch(choice, 15, 60, 0.3);
  assert.is(choice.index, 0);
});

test('an estimate below what is sent brings it down', () => {
  const choice = new RenditionChoice(LADDER, 0);
  watch(choice, 0, 8, 0, 1_200_000);
  assert.is(choice.index, 1);
});

/** A viewer that estimates nothing: packets there and back again need so long. */
function report(choice: RenditionChoice, fromS: number, toS: number, tripMs: number) {
  for (let s = fromS; s < toS; s += 1) {
    choice.setLost(0, s * 1000);
    choice.setRoundTrip(tripMs, s * 1000);
  }
}

test('without any estimate packets that queue bring it down, and up again where they do not', () => {
  const choice = new RenditionChoice(LADDER, 0);
  report(choice, 0, 20, 8);
  assert.is(choice.index, 2);
  report(choice, 20, 21, 900);
  report(choice, 21, 30, 12);
  assert.is(choice.index, 2, 'once is a moment’s');
  report(choice, 30, 34, 900);
  assert.is(choice.index, 1);
  report(choice, 34, 60, 150);
  assert.is(choice.index, 1, 'they still wait');
  report(choice, 60, 100, 10);
  assert.is(choice.index, 2);
});

test('a line that has become longer is no queue for the rest of the session', () => {
  const choice = new RenditionChoice(LADDER, 0);
  report(choice, 0, 20, 5);
  report(choice, 20, 24, 900);
  assert.is(choice.index, 1);
  report(choice, 24, 120, 200);
  assert.is(choice.index, 2);
});

test('a line that is long is not a queue', () => {
  const choice = new RenditionChoice(LADDER, 0);
  report(choice, 0, 60, 600);
  assert.is(choice.index, 2);
});

test('a viewer that estimates is believed, whatever time its reports need', () => {
  const choice = new RenditionChoice(LADDER, 0);
  for (let s = 0; s < 60; s += 1) {
    choice.setEstimate(3_000_000, s * 1000);
    choice.setRoundTrip(s < 5 ? 5 : 900, s * 1000);
  }
  assert.is(choice.index, 2);
});

test('a still picture, of which little is sent, is received as well as estimated', () => {
  const choice = new RenditionChoice(LADDER, 0);
  choice.setSent(300_000);
  watch(choice, 0, 60, 0, 450_000);
  assert.is(choice.index, 2);
});

test('where it begins to move an estimate that still grows is no reason for less, one that stands is', () => {
  const choice = new RenditionChoice(LADDER, 0);
  choice.setSent(300_000);
  watch(choice, 0, 60, 0, 450_000);
  choice.setSent(2_500_000);
  let estimateBps = 450_000;
  for (let s = 60; s < 80; s += 1) {
    estimateBps *= 1.08;
    watch(choice, s, s + 1, 0, estimateBps);
  }
  assert.is(choice.index, 2);
  watch(choice, 80, 85, 0, 1_200_000);
  assert.is(choice.index, 1);
});

test('what was too much is tried again later, and each time later', () => {
  const choice = new RenditionChoice(LADDER, 0);
  const triedS: number[] = [];
  for (let s = 0; s < 400; s += 1) {
    const before = choice.index;
    choice.setLost(choice.index === 2 ? 0.4 : 0, s * 1000);
    if (choice.index > before) triedS.push(s);
  }
  const pauses = triedS.map((s, i) => s - (triedS[i - 1] ?? 0));
  assert.ok(triedS.length >= 3, `tried at ${triedS}`);
  assert.ok(pauses.every((pause, i) => i === 0 || pause > (pauses[i - 1] ?? 0)));
});

test('there is nothing below the lowest', () => {
  const choice = new RenditionChoice(LADDER, 0);
  watch(choice, 0, 300, 1, 1);
  assert.is(choice.index, 0);
});

test.run();
