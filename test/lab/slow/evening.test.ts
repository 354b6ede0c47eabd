/** An evening of an installed box, by button presses alone. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import dbus from '@particle/dbus-next';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RhythmName } from '../../../hal/gpio/rhythm.ts';
import { closeBus } from '../../../hal/os/dbus.ts';
import { installBox } from '../support/installed-box.ts';
import { makeGpioChip, put, run, until } from '../support/kernel.ts';
import { SeenRhythm } from '../support/seen-rhythm.ts';

/** The box as it is installed, on real lines of the kernel; operated only by its buttons. */
const test = suite('lab: an evening by button presses alone');

const CONFIG = {
  camera: { width: 160, height: 90, fps: 5 },
  sound: { driver: 'test', channels: 1 },
  encoder: { speed: 'ultrafast' },
  renditions: [{ name: 'low', width: 160, height: 90, bitrate_bps: 100_000 }],
  recording: { targets: [{ id: 'card', folder: 'recordings', reserve_mb: 10, reserve_pct: 1 }] },
  // Nothing listens there: the lamp reports that it tries.
  uplink: {
    host: '127.0.0.1',
    port: 9_999,
    width: 160,
    height: 90,
    bitrate_bps: 100_000,
    min_bitrate_bps: 50_000,
  },
  clips: { folder: 'clips', length_s: 5, poster_every_s: 0 },
  panel: { driver: 'gpio' },
  power: { board: 'auto', shut_down: 'machine' },
  printer: { driver: 'none' },
  modems: { driver: 'none' },
};
const [DROP, MARK, POWER, ON_AIR, LINKS, SOUND, RECORDING] = [17, 27, 22, 23, 24, 25, 16];
/** A machine that does much else is slow, and no failure. */
const PATIENCE_MS = 120_000;

/** The crew: fingers on two buttons, eyes on five lamps. */
function openCrew() {
  const chip = makeGpioChip({
    17: 'GPIO17',
    27: 'GPIO27',
    22: 'GPIO22',
    23: 'GPIO23',
    24: 'GPIO24',
    25: 'GPIO25',
    16: 'GPIO16',
  });
  for (const button of [DROP, MARK]) chip.pull(button, true);
  const lamps = new Map(
    [POWER, ON_AIR, LINKS, SOUND, RECORDING].map((line) => [line, new SeenRhythm()]),
  );
  const looking = setInterval(() => {
    for (const [line, lamp] of lamps) lamp.look(chip.value(line), performance.now());
  }, 20);
  return {
    press: async (button: number, ms: number) => {
      chip.pull(button, false);
      await sleep(ms);
      chip.pull(button, true);
    },
    /** Waits until a lamp shows one of the rhythms. */
    see: async (lamp: number, why: string, ...wanted: readonly RhythmName[]) => {
      const seen = () => wanted.find((rhythm) => rhythm === lamps.get(lamp)?.rhythm());
      const explain = () => `${lamps.get(lamp)}`;
      const what = `lamp ${lamp} ${wanted.join(' or ')}: ${why}`;
      const tookMs = await until(what, () => seen() !== undefined, PATIENCE_MS, explain);
      console.log(`  ${why}: ${seen()} after ${(tookMs / 1000).toFixed(1)} s`);
      return seen();
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(looking);
      chip.remove();
    },
  };
}

/** logind's place on the system's bus. systemd is not PID 1 here: see test/systemd/lab.test.ts. */
async function startLogind(onPowerOff: () => void) {
  mkdirSync('/run/dbus', { recursive: true });
  const daemon = spawn('dbus-daemon', ['--system', '--nofork', '--nopidfile'], { stdio: 'ignore' });
  await until('the bus', () => existsSync('/run/dbus/system_bus_socket'));
  const bus = dbus.sessionBus({ busAddress: 'unix:path=/run/dbus/system_bus_socket' });
  bus.on('error', () => {});
  await bus.requestName('org.freedesktop.login1', 0);
  bus.on('message', (message: dbus.Message) => {
    if (message.type !== dbus.MessageType.METHOD_CALL || message.member !== 'PowerOff') return;
    bus.send(dbus.Message.newMethodReturn(message, '', []));
    onPowerOff();
  });
  return {
    [Symbol.asyncDispose]: async () => {
      closeBus(bus);
      daemon.kill('SIGKILL');
    },
  };
}

test('from plug-in to shutdown, with a crash of capture and a power failure between', async () => {
  const battery = '/sys/module/test_power/parameters';
  put(`${battery}/ac_online`, 'on');
  put(`${battery}/usb_online`, 'off');
  put(`${battery}/battery_capacity`, '90');
  await using crew = await openCrew();
  const box = installBox(CONFIG);
  const wait = (what: string, check: () => boolean | Promise<boolean>) => {
    const look = async () => (await check()) || (await sleep(250, false));
    return until(what, look, PATIENCE_MS);
  };
  let powerOffs = 0;
  await using _logind = await startLogind(() => {
    powerOffs += 1;
    box.stop();
  });
  try {
    box.plugIn();
    await crew.see(ON_AIR, 'plugged in', 'flash');
    await crew.see(POWER, 'on mains', 'steady');
    await crew.see(SOUND, 'nothing listens', 'flash');
    await crew.see(LINKS, 'nothing goes upstream', 'off');
    await sleep(1000);

    // A machine that does much else is too slow for the checks; a crew presses again.
    for (let left = 3, lamp: RhythmName | undefined; left > 0 && lamp !== 'double'; left -= 1) {
      await crew.press(DROP, 200);
      await crew.see(ON_AIR, 'a short press checks', 'blink', 'double', 'longShort');
      lamp = await crew.see(ON_AIR, 'and arms', 'double', 'longShort');
    }
    put(`${battery}/ac_online`, 'off');
    // It saves power where a slow machine has not read twice yet how much is left.
    await crew.see(POWER, 'the mains go', 'gap', 'double');
    put(`${battery}/ac_online`, 'on');

    await crew.press(DROP, 3500);
    await crew.see(ON_AIR, 'a hold goes live', 'steady');
    await wait('a playlist', async () => (await box.get('/live/index.m3u8')).status === 200);
    const newest = async () => lastPart((await box.get(await mediaPlaylist(box))).text);
    const part = await newest();
    await wait('further parts', async () => (await newest()) !== part);
    await crew.see(RECORDING, 'it is recorded', 'steady');
    await crew.see(SOUND, 'it plays', 'steady');
    await crew.see(LINKS, 'the receiver upstream does not answer', 'blink');

    await crew.press(MARK, 200);
    await wait('a clip', () => box.files('clips', '.mp4').length === 1);
    const id = /clip-(\S{11})\.mp4$/.exec(box.files('clips', '.mp4')[0] ?? '')?.[1];
    await wait('its page', async () => (await box.get(`/clip/${id}`)).status === 200);

    const media = box.processes().find(({ name }) => name === 'media')?.pid;
    process.kill(box.processes().find(({ name }) => name === 'capture')?.pid ?? 0, 'SIGKILL');
    await crew.see(ON_AIR, 'capture is killed', 'flicker');
    await crew.see(ON_AIR, 'it is back', 'steady');
    assert.is(box.processes().find(({ name }) => name === 'media')?.pid, media);
    const [, text] = [await newest(), (await box.get(await mediaPlaylist(box))).text];
    assert.match(text, '#EXT-X-DISCONTINUITY');

    await box.cutPower();
    assert.equal(box.processes(), []);
    box.plugIn();
    await crew.see(ON_AIR, 'live again by itself after a power failure', 'steady');
    await wait('parts again', async () => (await newest()) !== '');

    await crew.press(DROP, 3500);
    await crew.see(ON_AIR, 'a hold ends it', 'flash');
    const movies = [...box.files('recordings', '.mp4'), ...box.files('clips', '.mp4')];
    for (const movie of movies) {
      const reported = await run(
        'ffprobe',
        '-v',
        'error',
        '-show_entries',
        'format=duration',
        movie,
      );
      assert.ok(Number(/duration=([\d.]+)/.exec(reported)?.[1]) > 0, `${movie}: ${reported}`);
    }
    console.log(`  ${movies.length} movies are whole`);

    await crew.press(DROP, 11_000);
    await wait('the end of the box', async () => (await box.ended()) === 0);
    assert.is(powerOffs, 1);
    assert.equal(box.processes(), []);
    for (const lamp of [ON_AIR, LINKS, SOUND, RECORDING]) await crew.see(lamp, 'shut down', 'off');
    await crew.see(POWER, 'shut down', 'off');
  } catch (error) {
    console.log(box.output().slice(-6000));
    throw error;
  } finally {
    await box.cutPower();
  }
});

async function mediaPlaylist(box: ReturnType<typeof installBox>): Promise<string> {
  const { text } = await box.get('/live/index.m3u8');
  const path = text.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
  return new URL(path, 'http://box/live/index.m3u8').pathname;
}

function lastPart(playlist: string): string {
  return playlist.match(/#EXT-X-PART:.*/g)?.at(-1) ?? '';
}

test.run();
