/** Tests of sound card parsing and checks. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { channelsFor } from '../../../hal/audio/alsa.ts';
import { HW_REFINE, parseParams, renderAnyParams } from '../../../hal/audio/alsa-uapi.ts';
import { parseCaptures, parseCards, parseOwner } from '../../../hal/audio/cards.ts';
import { parseScontents } from '../../../hal/audio/mixer.ts';
import { openSound } from '../../../hal/audio/open.ts';
import { HalError } from '../../../hal/os/errors.ts';

const test = suite('sound cards');
const never = new AbortController().signal;

/** As a Pi 4 with a HiFiBerry and two equal USB microphones reports them. */
const CARDS = ` 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones
                      bcm2835 Headphones
 1 [sndrpihifiberry]: RPi-simple - snd_rpi_hifiberry_dacplusadc
                      snd_rpi_hifiberry_dacplusadc
 2 [Device_1       ]: USB-Audio - USB PnP Sound Device
                      C-Media Electronics Inc. USB PnP Sound Device at usb-0000:01:00.0-1.3, full speed
`;
const PCM = `00-00: bcm2835 Headphones : bcm2835 Headphones : playback 8
01-00: HiFiBerry DAC+ADC HiFi multicodec-0 : HiFiBerry DAC+ADC HiFi multicodec-0 : playback 1 : capture 1
02-00: USB Audio : USB Audio : playback 1 : capture 1
`;
const MIXER = `Simple mixer control 'Speaker',0
  Capabilities: pvolume pswitch
  Front Left: Playback 37 [100%] [0.00dB] [on]
  Front Right: Playback 37 [100%] [0.00dB] [on]
Simple mixer control 'Mic',0
  Capabilities: pvolume pvolume-joined cvolume cvolume-joined pswitch pswitch-joined cswitch cswitch-joined
  Playback channels: Mono
  Capture channels: Mono
  Limits: Playback 0 - 31 Capture 0 - 35
  Mono: Playback 8 [26%] [-8.00dB] [off] Capture 17 [49%] [6.00dB] [on]
Simple mixer control 'ADC',0
  Capabilities: cvolume cswitch
  Limits: Capture 0 - 100
  Front Left: Capture 80 [80%] [off]
  Front Right: Capture 20 [20%] [on]
Simple mixer control 'Auto Gain Control',0
  Capabilities: pswitch pswitch-joined
  Mono: Playback [on]
`;

test('cards and capture devices as the kernel reports them', () => {
  assert.equal(
    parseCards(CARDS).map(({ index, id }) => [index, id]),
    [
      [0, 'Headphones'],
      [1, 'sndrpihifiberry'],
      [2, 'Device_1'],
    ],
  );
  assert.is(parseCards(CARDS)[2]?.name, 'USB PnP Sound Device');
  assert.equal(
    parseCaptures(PCM).map(({ card, device }) => [card, device]),
    [
      [1, 0],
      [2, 0],
    ],
  );
  assert.equal(parseCards('--- no soundcards ---\n'), []);
  assert.is(parseOwner('state: RUNNING\nowner_pid   : 812\n'), 812);
  assert.is(parseOwner('closed\n'), undefined);
});

test('capture controls: the quietest channel and any that is off', () => {
  assert.equal(parseScontents(MIXER), [
    { name: 'Mic', levelPct: 49, isOn: true },
    { name: 'ADC', levelPct: 20, isOn: false },
  ]);
  assert.equal(parseScontents(''), []);
});

test('any text of the kernel and of amixer parses', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(...`${CARDS}${PCM}${MIXER}`.split('\n'), ' 1 [', '00-00: : : capture 1'),
  );
  void fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      assert.ok(parseCards(text).every(({ id, index }) => id !== '' && index >= 0));
      assert.ok(parseCaptures(text).every(({ card }) => card >= 0));
      assert.ok(parseScontents(text).every(({ levelPct }) => (levelPct ?? 0) >= 0));
    }),
  );
});

test('the question for formats asks for everything, and its answer names what there is', () => {
  const params = renderAnyParams();
  assert.is(params.length, HW_REFINE.bytes);
  assert.equal([...parseParams(params).channels], [0, 0xffff_ffff]);
  // The answer of a USB microphone: S16_LE, one channel, 44.1 or 48 kHz.
  params.fill(0, 36, 68);
  params[36] = 1 << 2;
  for (const [index, [least, most]] of [
    [1, 1],
    [44_100, 48_000],
  ].entries()) {
    params.writeUInt32LE(least ?? 0, 260 + (2 + index) * 12);
    params.writeUInt32LE(most ?? 0, 260 + (2 + index) * 12 + 4);
  }
  assert.equal(parseParams(params), {
    formats: ['S16_LE'],
    channels: [1, 1],
    ratesHz: [44_100, 48_000],
  });
});

test('a card is asked for as many channels as are picked, where it has them', () => {
  const mixer = (channels: readonly [number, number]) => {
    const state = {
      phase: 'free',
      formats: ['S32_LE'],
      channels,
      ratesHz: [44_100, 96_000],
    } as const;
    const captures = [{ device: 'hw:CARD=Mixer,DEV=0', name: 'Mixer', state }];
    return [{ index: 1, id: 'Mixer', aliases: [], captures }];
  };
  const asked = (channels: readonly [number, number], pick: readonly number[]) =>
    channelsFor(mixer(channels), 'hw:CARD=Mixer,DEV=0', pick);
  // It would be opened with two, and the third is then the second: another microphone.
  assert.is(asked([1, 8], [3, 4]), ' ! audio/x-raw,channels=[4,8]');
  assert.is(asked([18, 18], [3, 4]), ' ! audio/x-raw,channels=[4,18]');
  assert.is(asked([1, 0xffff_ffff], [5]), ' ! audio/x-raw,channels=[5,64]');
  assert.is(asked([1, 2], [3, 4]), '', 'its last one is taken');
  for (const device of ['plughw:Mixer', 'hw:1', 'sysdefault:CARD=Mixer']) {
    assert.is(channelsFor(mixer([1, 8]), device, [3]), ' ! audio/x-raw,channels=[3,8]', device);
  }
  assert.is(channelsFor(mixer([1, 8]), 'hw:CARD=Other,DEV=0', [3]), undefined);
  assert.is(channelsFor(mixer([1, 8]), 'default', [3]), '');
  // ALSA shares a card with two channels: it would give no sound at all.
  assert.is(channelsFor(mixer([1, 8]), 'dsnoop:CARD=Mixer', [3]), '');
});

test('a card that is not there is reported by its name; what names no card is ALSA business', async () => {
  const check = (device: string) =>
    openSound({ driver: 'alsa', device, file: '', launch: '' })
      .check(never)
      .catch((error: unknown) => (error instanceof HalError ? error.message : error));
  for (const device of ['hw:CARD=NoCard,DEV=0', 'plughw:NoCard', 'usb-Maker_Mic_77-00']) {
    assert.match(String(await check(device)), /sound card \S+ is not there/);
  }
  assert.is(await check('default'), undefined);
  assert.is(await check('pulse'), undefined);
});

test.run();
