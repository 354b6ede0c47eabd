/** Messages of the set-up, between server and page. */
import type { WifiNetwork } from '../../../hal/wifi/port.ts';
import type { JoinFailure } from '../../first-boot/join-failure.ts';
import type { Answered, Step } from '../../first-boot/steps.ts';

/** Before anybody has signed in. */
export interface SetUpView {
  /** The box was not set up yet. */
  readonly isOpen: boolean;
  /** This phone may go on without a PIN. */
  readonly canEnter: boolean;
  /** Somebody has chosen a PIN. */
  readonly hasPin: boolean;
  readonly answered: Answered;
  /** Undefined when all is answered. */
  readonly next: Step | undefined;
  readonly missed: JoinFailure;
}

/** What there is to choose from. */
export interface SetUpChoices {
  readonly networks: readonly WifiNetwork[];
  readonly hasWifi: boolean;
  /** `waiting`: it has no address, or not yet. */
  readonly cable: 'none' | 'waiting' | 'ready';
  /** The network that was chosen, or that the box is in. */
  readonly ssid: string | undefined;
  /** The one that could not be joined. */
  readonly missed: JoinFailure;
}

/** Where the page is from now on. */
export interface HandOver {
  /** The network that the phone must join; undefined where it is in it, or a cable leads there. */
  readonly ssid: string | undefined;
  readonly url: string;
  /** The PIN that the box has made, where nobody has chosen another. */
  readonly pin: string | undefined;
}
