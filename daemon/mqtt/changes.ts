/** Changes that are published at once, before their topic's period is over. */
import type { telemetryBody } from './payloads/snapshot-payloads.ts';
import type { Body, PeriodicName } from './payloads/topics.ts';

/** Those of a fleet only where the box is in one. */
export type FleetBodies = { readonly [K in 'fleet' | 'poster']?: Body<K> };
type Bodies = ReturnType<typeof telemetryBody> & FleetBodies;

/** By topic, as one text. States only, never a figure that moves by itself. */
export function changesOf(bodies: Bodies): Partial<Record<PeriodicName, string>> {
  const { status, viewers, battery, camera, printer, storage, fleet } = bodies;
  return {
    status: key(status.state, status.drop, status.health, status.reasons, status.power),
    viewers: key(viewers.url, viewers.picture_url),
    battery: key(battery.source, battery.mains, battery.charging, battery.soc_ratio === null),
    camera: key(camera.model, camera.state),
    printer: key(printer.state, printer.paper, printer.cover, printer.fault),
    storage: key(storage.vols.map(({ role, state, reason }) => [role, state, reason])),
    ...(fleet && { fleet: key(fleet.leader, fleet.drop, fleet.phase, fleet.ready, fleet.health) }),
  };
}

function key(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}
