/** A box as far as its drops go, in virtual time, on a disk that fails and loses its power. */
import { rm, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { panelSchema } from '../../daemon/config/panel.ts';
import { openCommander } from '../../daemon/drop/commander.ts';
import { type DropMachine, openDrop } from '../../daemon/drop/machine.ts';
import type { Commander } from '../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import { openPanelDevices } from '../../daemon/panel/devices.ts';
import { runPanel } from '../../daemon/panel/run.ts';
import { openSimulatedGpio } from '../../hal/gpio/simulated.ts';
import type { BootClock, Clock } from '../../hal/os/clock.ts';
import { silentLog } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import { FaultyDisk } from '../daemon/drop/support/faulty-disk.ts';
import { figures, WELL } from '../support/snapshot.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import type { DropAction } from './drop.ts';
import { type Dice, expect } from './scenario.ts';

const RESUME_WITHIN_S = 1_800;
/** Checks take 30 s at most, and the end of a drop 15 s. */
const BUSY_MAX_MS = 40_000;
const STEP_MS = 250;
const LOST_CLOCK_MS = Date.UTC(2026, 0, 1);

interface Run {
  readonly drop: DropMachine;
  readonly commander: Commander;
  readonly gpio: ReturnType<typeof openSimulatedGpio>;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class DropWorld {
  readonly #clock = new VirtualClock();
  readonly #stateFile: string;
  readonly #dice: Dice;
  #disk: FaultyDisk;
  #faultShare = 0;
  #aheadMs = 0;
  #isCapturing = false;
  #hasCamera = true;
  #hangs = false;
  #isPoweredOff = false;
  /** It began at the same time again, and nothing has set it since. */
  #isClockLost = false;
  #boots = 0;
  /** The clock was set to another time since the drop began. */
  #isStepped = false;
  #run: Run | undefined;
  #open: string | undefined;
  readonly #begun = new Set<string>();
  /** Nobody was warned that these could go on. */
  readonly #over = new Set<string>();
  #busySinceMs: number | undefined;
  #broken: string | undefined;

  private constructor(stateFile: string, dice: Dice) {
    this.#stateFile = stateFile;
    this.#dice = dice;
    this.#disk = this.#newDisk();
  }

  static async start(stateFile: string, dice: Dice): Promise<DropWorld> {
    const world = new DropWorld(stateFile, dice);
    await world.#boot(undefined);
    return world;
  }

  get simulatedMs(): number {
    return this.#clock.monotonicMs();
  }

  async apply(action: DropAction): Promise<void> {
    switch (action.do) {
      case 'command':
        this.#command(action.verb);
        await this.#wait(1);
        break;
      case 'press':
        this.#run?.gpio.press(action.button);
        await this.#wait(action.ms);
        this.#run?.gpio.release(action.button);
        await this.#wait(1);
        break;
      case 'wait':
        await this.#wait(action.ms);
        break;
      case 'disk':
        this.#faultShare = action.share;
        break;
      case 'clock':
        this.#aheadMs += action.stepMs;
        this.#isStepped = true;
        this.#isClockLost = false;
        break;
      case 'power-cut':
        await this.#cutPower(action.offMs, action.isClockLost);
        break;
      case 'camera':
        this.#hasCamera = action.isThere;
        break;
      case 'recorder':
        this.#hangs = action.hangs;
        break;
    }
    if (this.#isPoweredOff) await this.#cutPower(60_000, false);
  }

  async end(): Promise<void> {
    this.#run?.stop.abort();
    await this.#run?.ended;
  }

  #newDisk(): FaultyDisk {
    return new FaultyDisk(() => {
      if (!this.#dice.isTrue(this.#faultShare)) return 'none';
      return this.#dice.pick(['before', 'half-way', 'after']);
    });
  }

  /** @param saved What the disk has kept of the state file. */
  async #boot(saved: string | undefined): Promise<void> {
    await rm(this.#stateFile, { force: true });
    if (saved !== undefined) await writeFile(this.#stateFile, saved);
    const share = this.#faultShare;
    this.#faultShare = 0;
    this.#disk = this.#newDisk();
    if (saved !== undefined) {
      await this.#disk.write(this.#stateFile, saved, 'w');
      await this.#disk.syncFolder(this.#stateFile.replace(/\/[^/]*$/, ''));
    }
    this.#faultShare = share;
    this.#isPoweredOff = false;
    this.#busySinceMs = undefined;
    this.#run = await this.#start();
    await this.#wait(1_500);
  }

  async #start(): Promise<Run> {
    const clock: Clock = {
      wallMs: () => this.#clock.wallMs() + this.#aheadMs,
      monotonicMs: () => this.#clock.monotonicMs(),
      sleep: (ms, signal) => this.#clock.sleep(ms, signal),
    };
    const os = { clock, log: silentLog };
    const gpio = openSimulatedGpio(clock);
    const devices = openPanelDevices(v.parse(panelSchema, {}), gpio.driver, os);
    const stop = new AbortController();
    const snapshot = (): BoxSnapshot => ({
      ...WELL,
      media: figures({ isFlowing: this.#isCapturing && this.#hasCamera }),
      ...(WELL.system && { system: { ...WELL.system, clock: this.#clockState() } }),
      drop: drop.state(),
    });
    const drop = await openDrop({
      ...{ ...os, boot: this.#newBoot() },
      ...{ stateFile: this.#stateFile, start: 'idle', resumeWithinS: RESUME_WITHIN_S },
      ...{ disk: this.#disk, snapshot: () => snapshot(), onEvent: () => undefined },
      effects: this.#effects(stop.signal),
    });
    const done = async () => ({ status: 'done', detail: '' }) as const;
    const switchCamera = () => ({ status: 'done', detail: '' }) as const;
    const commander = openCommander({
      ...{ drop, snapshot, print: done, order: done, drops: done, update: done },
      ...{ switchCamera, overlay: switchCamera },
    });
    const tasks = [
      drop.run,
      (signal: AbortSignal) => runPanel({ ...os, ...devices, snapshot, commander }, signal),
    ];
    const ended = runAll(tasks, stop.signal).finally(() => devices[Symbol.asyncDispose]());
    return { drop, commander, gpio, stop, ended };
  }

  #clockState() {
    return { phase: this.#isClockLost ? 'free' : 'synchronised' } as const;
  }

  #newBoot(): BootClock {
    this.#boots += 1;
    const atMs = this.#clock.monotonicMs();
    const bootId = `${this.#boots}`.padStart(4, '0');
    return { bootId, sinceBootMs: () => this.#clock.monotonicMs() - atMs };
  }

  #effects(off: AbortSignal): Parameters<typeof openDrop>[0]['effects'] {
    return {
      setCapturing: (isWanted) => {
        this.#isCapturing = isWanted;
      },
      beginDrop: async (dropId, isResumed) => {
        this.#expect(this.#open === undefined, `${dropId} begins while ${this.#open} is on`);
        this.#expect(
          isResumed === this.#begun.has(dropId),
          `${dropId} begins, resumed: ${isResumed}`,
        );
        this.#begun.add(dropId);
        if (!isResumed) this.#isStepped = false;
        this.#open = dropId;
      },
      endDrop: async (dropId) => {
        this.#expect(this.#open === dropId, `${dropId} ends while ${this.#open} is on`);
        this.#open = undefined;
        while (this.#hangs && !off.aborted) await this.#clock.sleep(1_000, off).catch(() => 0);
      },
      mark: async () => undefined,
      powerOff: async () => {
        this.#isPoweredOff = !off.aborted;
      },
    };
  }

  /** The machine takes an effect that throws for one that failed: kept for the next check. */
  #expect(isTrue: boolean, promise: string): void {
    if (!isTrue) this.#broken ??= promise;
  }

  #command(verb: Extract<DropAction, { do: 'command' }>['verb']): void {
    const { commander, drop, stop } = this.#run as Run;
    const { dropId } = drop.state();
    const args = verb === 'go-live' ? { force: this.#dice.isTrue(0.5) } : {};
    commander
      .run({ verb, args, by: 'cli' }, () => undefined, stop.signal)
      .then(
        (outcome) => {
          if (verb === 'end' && outcome.status === 'done' && dropId !== undefined)
            this.#over.add(dropId);
        },
        () => undefined,
      );
  }

  async #cutPower(offMs: number, isClockLost: boolean): Promise<void> {
    const { drop, stop, ended } = this.#run as Run;
    const before = drop.state();
    const isSaved = drop.faults().notSaved === undefined && this.#faultShare === 0;
    const kept = this.#dice.pick(this.#disk.afterPowerCut(this.#stateFile));
    stop.abort();
    this.#run = undefined;
    await ended;
    this.#open = undefined;
    this.#isCapturing = false;
    this.#clock.stall(offMs);
    if (isClockLost) this.#loseClock();
    const isToResume = before.phase === 'live' && isSaved && !this.#isStepped;
    await this.#boot(kept);
    const after = this.#state();
    if (after.phase === 'live')
      expect(after.dropId === before.dropId, `${after.dropId} goes live by itself`);
    const isInTime = offMs < (RESUME_WITHIN_S - 61) * 1_000;
    if (isToResume && isInTime && before.sinceMs < this.#clock.wallMs() - offMs - 5_000)
      expect(after.phase === 'live', `${before.dropId} is not resumed`);
  }

  #loseClock(): void {
    this.#aheadMs = LOST_CLOCK_MS - this.#clock.wallMs();
    this.#isStepped = true;
    this.#isClockLost = true;
  }

  async #wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.#clock.advance(Math.min(left, STEP_MS));
      await new Promise((resolve) => setImmediate(resolve));
      this.#check();
    }
  }

  #state() {
    return (this.#run as Run).drop.state();
  }

  #check(): void {
    expect(this.#broken === undefined, this.#broken ?? '');
    const { phase, dropId } = this.#state();
    const { notSaved } = (this.#run as Run).drop.faults();
    if (phase === 'live' && dropId !== undefined)
      expect(!this.#over.has(dropId), `${dropId} is live although it ended`);
    const isBusy = phase === 'preflight' || phase === 'ending';
    this.#busySinceMs = isBusy ? (this.#busySinceMs ?? this.simulatedMs) : undefined;
    const busyMs = this.simulatedMs - (this.#busySinceMs ?? this.simulatedMs);
    expect(busyMs <= BUSY_MAX_MS, `it is ${phase} for ${busyMs} ms`);
    // A host who sees that it is over, and no warning, unplugs the box.
    if (phase === 'idle' && dropId !== undefined && notSaved === undefined && this.#isQuiet())
      this.#over.add(dropId);
  }

  /** What the disk would keep is what the box believes. */
  #isQuiet(): boolean {
    const kept = new Set(this.#disk.afterPowerCut(this.#stateFile));
    return kept.size === 1;
  }
}
