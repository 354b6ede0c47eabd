/** What modems are to their callers. */

import { HalError } from '../os/errors.ts';

/** Cellular modems, in the radio's own words. */
export type Registration =
  | 'failed'
  | 'locked'
  | 'off'
  | 'searching'
  | 'denied'
  | 'registered'
  | 'connected'
  | 'unknown';

/** `5g-nsa`: 5G carried by an LTE anchor. */
export type Technology = '5g' | '5g-nsa' | 'lte' | '3g' | '2g' | 'unknown';

export type Sim = 'ready' | 'pin' | 'puk' | 'absent' | 'unknown';

export interface ModemState {
  /** The IMEI where the modem reports it, else where it is plugged. */
  readonly id: string;
  readonly model: string;
  readonly registration: Registration;
  readonly technology: Technology;
  readonly sim: Sim;
  /** At the PIN it asks for; most serial modems do not report it. */
  readonly pinTriesLeft?: number;
  readonly operator?: string;
  readonly rsrpDbm?: number;
  readonly rsrqDb?: number;
  readonly sinrDb?: number;
  /** The network interface of its data, for example `wwan0`. */
  readonly interfaceName?: string;
  /** Where it is spoken to, for example `cdc-wdm0` or `/dev/ttyUSB2`. */
  readonly port?: string;
  readonly addresses: readonly string[];
  /** Since the interface came; the daemon adds over reconnects. */
  readonly rxBytesTotal?: number;
  readonly txBytesTotal?: number;
}

export type ModemsState =
  | {
      readonly phase: 'known';
      readonly modems: readonly ModemState[];
      /** Why others are not among them, such as a serial port that is not there. */
      readonly away?: readonly string[];
    }
  /** The service or port that reports modems is away; it is tried again. */
  | { readonly phase: 'away'; readonly reason: string }
  | { readonly phase: 'absent' };

/** From the mildest. `power` needs a board that can switch the modem's supply. */
export type ModemAction = 'reconnect' | 'enable' | 'reset' | 'power';

export interface Modems {
  readonly driver: string;
  /** `power` can be asked of them; it takes the supply from all. */
  readonly canPower: boolean;
  /** The present state first, then each change. Ends when `signal` aborts; never fails. */
  changes(signal: AbortSignal): AsyncIterable<ModemsState>;
  /** Rejects with `HalError`: NOT_FOUND, UNSUPPORTED, TIMEOUT. */
  act(id: string, action: ModemAction, signal: AbortSignal): Promise<void>;
  /**
   * Rejects with `HalError` BAD_REPLY for a wrong PIN, of which three lock the SIM;
   * NOT_FOUND, NOT_PERMITTED and DEVICE_BUSY where the SIM never got it.
   */
  sendPin(id: string, pin: string, signal: AbortSignal): Promise<void>;
}

/** @throws HalError BAD_REPLY without a word of the PIN, before a SIM counts it as a try. */
export function checkPin(pin: string): string {
  if (/^\d{4,8}$/.test(pin)) return pin;
  throw new HalError('BAD_REPLY', 'PIN: not 4 to 8 digits');
}
