/** What is wrong with the box itself, one line of the checklist at a time. */
import type { LookState } from '../../../../daemon/model/look.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { recordingTo } from '../../../support/snapshot.ts';
import { shop } from '../../mqtt/support/shop.ts';
import type { Case } from './ready-box.ts';

const known = (change: Partial<Extract<BoxSnapshot['battery'], { phase: 'known' }>>) => ({
  battery: { phase: 'known', source: 'x', chargePct: 90, mains: 'off', ...change } as const,
});
const camera = (framesPerS: number) => ({
  sources: { camera: { phase: 'live', framesPerS, repeatedTotal: 0 } } as const,
});
const look = (change: Partial<LookState>) => ({
  look: { name: 'warm', strength: 1, phase: 'shown', ...change } as const,
});
const peaks = (...peakDbfs: readonly number[]) => ({ levels: { peakDbfs, rmsDbfs: peakDbfs } });
const printer = (change: object) => ({
  printer: {
    phase: 'known',
    isOnline: true,
    paper: 'ok',
    isCoverOpen: false,
    ...change,
  } as BoxSnapshot['printer'],
});
const disk = { mount: '/', device: 'mmcblk0', totalBytes: 32e9, freeBytes: 1e9 };

export const BOX_CASES: readonly Case[] = [
  ['the camera is off', 'camera', 'fail', /plugged in/, { box: { sources: undefined } }],
  ['no frames', 'picture', 'fail', /camera and its cable/, { box: camera(0) }],
  ['half the frames', 'picture', 'warn', /frame rate/, { box: camera(15) }],
  [
    'exposure left automatic',
    'exposure',
    'warn',
    /Switch it on/,
    { plan: { isExposureLocked: false } },
  ],
  [
    'an armed camera that is not locked',
    'exposure',
    'warn',
    /manual exposure/,
    { box: { isCameraLocked: false } },
  ],
  [
    'a .cube file with a fault',
    'look',
    'fail',
    /Repair that line/,
    { box: look({ phase: 'refused', reason: '/x.cube:3: three numbers' }) },
  ],
  ['a look of the next stream', 'look', 'warn', /Disarm/, { box: look({ phase: 'later' }) }],
  ['a look that is shed', 'look', 'warn', /mains/, { box: look({ phase: 'shed' }) }],
  ['a look in the making', 'look', 'warn', /Wait/, { box: look({ phase: 'preparing' }) }],
  [
    'a look that the machine is too slow for',
    'look',
    'warn',
    /smaller camera picture/,
    { box: look({ phase: 'shown', cost: { frameCostMs: 25, frameMs: 33.3 } }) },
  ],
  ['no level', 'sound channels', 'warn', /sound card/, { box: { levels: undefined } }],
  ['one channel of two', 'sound channels', 'fail', /sound.channels/, { box: peaks(-12) }],
  ['a dead microphone', 'sound channels', 'fail', /microphone/, { box: peaks(-12, -90) }],
  ['silence', 'sound channels', 'warn', /Have someone play/, { box: peaks(-90, -90) }],
  ['clipping', 'sound channels', 'warn', /gain down/, { box: peaks(0, -3) }],
  ['nothing recorded', 'recording', 'fail', /two disks/, { box: { recording: [] } }],
  [
    'a failed disk',
    'recording',
    'fail',
    /another folder/,
    { box: { recording: [recordingTo('a'), recordingTo('b', 'failed')] } },
  ],
  [
    'a disk that is full of another box’s recordings',
    'recording',
    'fail',
    /delete them/,
    { box: { recording: [{ ...recordingTo('a', 'failed'), failure: 'others' }] } },
  ],
  ['one copy', 'recording', 'warn', /second disk/, { box: { recording: [recordingTo('a')] } }],
  [
    'an hour of room for two',
    'recording',
    'fail',
    /Free space/,
    { box: { recording: [recordingTo('a'), { ...recordingTo('b'), remainingS: 3_600 }] } },
  ],
  [
    'two copies on one disk',
    'recording',
    'warn',
    /disk of its own/,
    { box: { recording: ['a', 'b'].map((id) => ({ ...recordingTo(id), disks: ['sda'] })) } },
  ],
  ['no paper', 'printer and paper', 'fail', /new roll/, { box: printer({ paper: 'out' }) }],
  [
    'an open cover',
    'printer and paper',
    'fail',
    /Close it/,
    { box: printer({ isCoverOpen: true }) },
  ],
  [
    'a printer that is away',
    'printer and paper',
    'fail',
    /its cable/,
    { box: { printer: { phase: 'away', reason: 'unplugged' } } },
  ],
  [
    'a silent printer',
    'printer and paper',
    'warn',
    /print the address/,
    { box: { printer: { phase: 'silent' } } },
  ],
  ['little paper', 'printer and paper', 'warn', /second roll/, { box: printer({ paper: 'low' }) }],
  ['no battery', 'battery for the plan', 'warn', /UPS/, { box: { battery: { phase: 'absent' } } }],
  [
    'a battery for half of it',
    'battery for the plan',
    'fail',
    /full battery/,
    { box: known({ timeLeftS: 3_600 }) },
  ],
  [
    'a battery that the wait before the start uses up',
    'battery for the plan',
    'fail',
    /full battery/,
    { box: known({ timeLeftS: 9_000 }), plan: { waitS: 3_600 } },
  ],
  ['a battery without a time', 'battery for the plan', 'warn', /mains/, { box: known({}) }],
  [
    'an empty battery on mains',
    'battery for the plan',
    'warn',
    /charge before/,
    { box: known({ mains: 'on', chargePct: 20 }) },
  ],
  [
    'a full system disk',
    'system disk',
    'fail',
    /Delete/,
    { box: { system: { disks: [disk], interfaces: [], clock: { phase: 'synchronised' } } } },
  ],
  [
    'a ledger that is damaged',
    'catalogue',
    'fail',
    /ledger verify/,
    { box: { shop: { ...shop(1), fault: { kind: 'damaged', reason: 'x' } } } },
  ],
  [
    'a window that is over, as of one that is held again',
    'catalogue',
    'warn',
    /new drop.id/,
    { box: { shop: { ...shop(1), window: { phase: 'over', leftMs: 0 } } } },
  ],
  [
    'the clock is free',
    'clock',
    'warn',
    /time server/,
    { box: { system: { disks: [], interfaces: [], clock: { phase: 'free' } } } },
  ],
];
