/** The networks that the config wants, as helper and NetworkManager take them. Pure. */
import {
  CREW_ADDRESS,
  GUESTS_ADDRESS,
  type NetworkPlan,
  PORTAL_PORT,
} from '../../hal/network/plan.ts';
import type { SharedSettings } from '../../hal/wifi/port.ts';
import type { Config } from '../config/config.ts';

export interface WantedNetworks {
  readonly plan: NetworkPlan;
  readonly shared: readonly SharedSettings[];
  /** Where guests are led; undefined without a network of theirs. */
  readonly guestsPage: string | undefined;
  /** Nothing else has the port on which phones ask whether there is an internet. */
  readonly hasPortal: boolean;
}

const EVERYWHERE = ['::', '0.0.0.0'];

/** Undefined where it wants none. */
export function wantedNetworks({
  box,
  network: { guests, crew },
  viewers,
}: Pick<Config, 'box' | 'network' | 'viewers'>): WantedNetworks | undefined {
  if (guests.device === '' && crew.device === '') return undefined;
  const tcp = [viewers.port, viewers.tls?.port].filter((port) => port !== undefined);
  const hasPortal = guests.device !== '' && !tcp.includes(PORTAL_PORT);
  const udp = viewers.whep.port === 0 ? [] : [viewers.whep.port];
  const forGuests = {
    device: guests.device,
    tcp: hasPortal ? [PORTAL_PORT, ...tcp] : tcp,
    udp,
  };
  const forCrew = {
    device: crew.device,
    ...(crew.via === '' ? {} : { via: crew.via }),
    ...{ upBps: crew.up_bps, downBps: crew.down_bps, dns: crew.dns },
  };
  const ssid = guests.ssid === '' ? box.name : guests.ssid;
  const host = EVERYWHERE.includes(viewers.host) ? GUESTS_ADDRESS : viewers.host;
  const shared: readonly SharedSettings[] = [
    {
      role: 'guests',
      device: guests.device,
      address: GUESTS_ADDRESS,
      ssid,
      password: guests.password,
    },
    { role: 'crew', device: crew.device, address: CREW_ADDRESS, ssid: '', password: '' },
  ];
  return {
    plan: {
      ...(guests.device === '' ? {} : { guests: forGuests }),
      ...(crew.device === '' ? {} : { crew: forCrew }),
    },
    shared: shared.filter(({ device }) => device !== ''),
    guestsPage: guests.device === '' ? undefined : `http://${host}:${viewers.port}/`,
    hasPortal,
  };
}

/** The plan while the data budgets of these interfaces are used up: the crew does not use them. */
export function withOverBudget(plan: NetworkPlan, spent: readonly string[]): NetworkPlan {
  if (plan.crew === undefined || spent.length === 0) return plan;
  return { ...plan, crew: { ...plan.crew, spent: [...spent] } };
}
