/**
 * Home Assistant's device discovery: one retained message, and the box appears there.
 * Keys and rules: home-assistant.io, integrations/mqtt, "Device discovery payload".
 */

import type { Outgoing } from '../client/connection.ts';
import { packetBytes } from '../client/limits.ts';
import { rootOf } from '../payloads/topics.ts';
import { type Components, components } from './entities.ts';

export interface Device {
  readonly name: string;
  readonly version: string;
  readonly model?: string;
  /** Of the operator's page. */
  readonly operatorUrl?: string;
}

/** The first, or only, message has the box's own topic; more of them stand below it. */
export function discoveryTopic(prefix: string, box: string, part = 1): string {
  return `${prefix}/device/${box}${part === 1 ? '' : `/${part}`}/config`;
}

/**
 * One message, or several where the broker takes no packet as large as that: Home Assistant
 * joins devices of the same identifiers. One entity alone that is too large still is.
 */
export function renderDiscovery(
  prefix: string,
  device: Device,
  packetMaxBytes = Number.POSITIVE_INFINITY,
): readonly Outgoing[] {
  const all = Object.entries(components(rootOf(device.name), device.name));
  const messages: Outgoing[] = [];
  let part: [string, Components[string]][] = [];
  const render = (entities: readonly [string, Components[string]][]) =>
    message(prefix, device, Object.fromEntries(entities), messages.length + 1);
  for (const entity of all) {
    if (part.length > 0 && packetBytes(render([...part, entity])) > packetMaxBytes) {
      messages.push(render(part));
      part = [];
    }
    part.push(entity);
  }
  return [...messages, render(part)];
}

/** Removes the messages beyond the first `parts` of which there were `before`. */
export function clearedParts(
  prefix: string,
  box: string,
  parts: number,
  before: number,
): readonly Outgoing[] {
  const count = Math.max(0, before - parts);
  return Array.from({ length: count }, (_, i) => ({
    topic: discoveryTopic(prefix, box, parts + i + 1),
    payload: '',
    qos: 1,
    isRetained: true,
  }));
}

function message(prefix: string, device: Device, entities: Components, part: number): Outgoing {
  const { name, version, model, operatorUrl } = device;
  const root = rootOf(name);
  const payload = {
    device: {
      identifiers: [`venuebox-${name}`],
      name,
      manufacturer: 'venuebox',
      ...(model === undefined ? {} : { model }),
      sw_version: version,
      ...(operatorUrl === undefined ? {} : { configuration_url: operatorUrl }),
    },
    origin: { name: 'venuebox', sw_version: version },
    availability: [{ topic: `${root}/availability` }],
    qos: 1,
    components: entities,
  };
  return {
    topic: discoveryTopic(prefix, name, part),
    payload: JSON.stringify(payload),
    qos: 1,
    isRetained: true,
  };
}
