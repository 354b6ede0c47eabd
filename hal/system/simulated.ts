/** A simulated machine. */

import type { System, SystemState } from './port.ts';

const CALM: SystemState = {
  cpuC: 48,
  throttling: {
    isUnderVoltage: false,
    isSlowed: false,
    isHot: false,
    wasUnderVoltage: false,
    wasSlowed: false,
  },
  loadPct: 21,
  memoryTotalBytes: 4_000_000_000,
  memoryAvailableBytes: 2_600_000_000,
  disks: [{ mount: '/', device: '/dev/mmcblk0p2', totalBytes: 32e9, freeBytes: 20e9 }],
  clock: { phase: 'synchronised', maxErrorMs: 12 },
  interfaces: [],
};

export interface SimulatedSystem {
  readonly system: System;
  set(change: Partial<SystemState>): void;
}

/** A calm machine that a test or the demo can upset. */
export function openSimulatedSystem(): SimulatedSystem {
  let state = CALM;
  return {
    system: {
      read: async (signal) => {
        signal.throwIfAborted();
        return state;
      },
    },
    set: (change) => {
      state = { ...state, ...change };
    },
  };
}
