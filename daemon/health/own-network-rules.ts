/** Alerts of the networks that the box makes itself, for guests and for the crew. */
import type { NetworkFault, OwnNetwork } from '../model/hotspot.ts';
import type { Rule } from './step.ts';

const HELPER = 'Install the box again: its network helper does not answer.';
const STAYS = 'If this stays, restart the box.';

const ADVICE: Readonly<Record<NetworkFault, string>> = {
  NO_HELPER: HELPER,
  NOT_PERMITTED: HELPER,
  NO_ANSWER: STAYS,
  BAD_REQUEST: HELPER,
  NO_PROGRAM: 'Install the packages nftables and iproute2.',
  NO_MANAGER: 'Check that NetworkManager is installed and runs.',
  NO_DEVICE:
    'Check that it is plugged in, and network.guests.device and network.crew.device in the settings.',
  NOT_OPENED:
    'Check that no other program uses this card or port. Some Wi-Fi cards cannot offer a network.',
  SHAPER_TAKEN: 'End the program that shapes this interface, or use another one.',
  RULES_REFUSED: STAYS,
  QUEUES_REFUSED: STAYS,
  ROUTES_REFUSED: STAYS,
};

export const OWN_NETWORK_RULES: readonly Rule[] = [
  {
    key: 'network-*-closed',
    // A card takes some seconds from network to network.
    afterMs: 15_000,
    holdMs: 10_000,
    advice: STAYS,
    find: ({ box: { networks = [] } }) =>
      networks.filter(({ phase }) => phase === 'failed').map(findingOf),
  },
];

function findingOf({ role, device, code = 'NO_ANSWER', reason = '' }: OwnNetwork) {
  const detail = `${device}: ${code}: ${reason}`;
  const of = { id: role, detail, advice: ADVICE[code] };
  return role === 'guests'
    ? { ...of, text: 'The network for guests is not open' }
    : { ...of, text: 'The network for the crew is not open' };
}
