/** Lists V4L2 cameras and their modes. */

import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { tryIoctl } from '../os/libc/ioctl.ts';
import type { Size } from './choose-mode.ts';
import type { CameraMode, FoundCamera } from './found.ts';
import { listModes } from './v4l2-modes.ts';
import { parseCaps, QUERY_CAP, type V4l2Caps } from './v4l2-uapi.ts';

/**
 * Nodes of a Pi's sensor and image processor: their pictures are a sensor's raw
 * data, which only libcamera makes into something to look at.
 */
const LIBCAMERA_DRIVERS = /^(unicam|rp1-cfe|bcm2835-isp|pispbe)/;

const DEV = '/dev';

/** V4L2 cameras with their modes, by node. One that may not be opened is left out. */
export async function listV4l2Cameras(dev = DEV): Promise<FoundCamera[]> {
  const nodes = await listNodes(dev, (file, captureType) => listModes(file, captureType));
  // A node that captures but knows no format is no camera.
  return nodes.filter(({ modes }) => modes.length > 0);
}

/** The nodes that a stable id means now; modes are not asked for. */
export async function findV4l2Nodes(id: string): Promise<readonly string[]> {
  const nodes = await listNodes(DEV, () => []);
  return nodes.filter((one) => one.id === id || one.aliases.includes(id)).map(({ path }) => path);
}

/** The modes of one node near this size; empty where it does not list any, or may not be opened. */
export async function readV4l2Modes(path: string, wanted: Size): Promise<readonly CameraMode[]> {
  const near: ListModes = (file, captureType) => listModes(file, captureType, wanted);
  return (await describe(path, [], near).catch(() => undefined))?.modes ?? [];
}

type Node = FoundCamera & { readonly path: string };
type ListModes = (file: FileHandle, captureType: number) => readonly CameraMode[];

async function listNodes(dev: string, modesOf: ListModes): Promise<Node[]> {
  const names = (await readdir(dev).catch(() => [])).filter((name) => /^video\d+$/.test(name));
  const links = await readLinks(dev);
  const found: Node[] = [];
  for (const name of names.toSorted(byNumber)) {
    const node = await describe(`${dev}/${name}`, links.get(name) ?? [], modesOf).catch(
      () => undefined,
    );
    if (node !== undefined) found.push(withOwnId(node, found));
  }
  return found;
}

async function describe(
  path: string,
  links: readonly string[],
  modesOf: ListModes,
): Promise<Node | undefined> {
  // Non-blocking, so that a faulty driver does not block the thread.
  await using file = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  const bytes = Buffer.alloc(QUERY_CAP.bytes);
  if (!(await tryIoctl(file.fd, QUERY_CAP.request, bytes))) return undefined;
  const caps = parseCaps(bytes);
  const { captureType } = caps;
  if (captureType === undefined || LIBCAMERA_DRIVERS.test(caps.driver)) return undefined;
  const modes = modesOf(file, captureType);
  return { driver: 'v4l2', name: caps.card, path, modes, ...namesOf(caps, links) };
}

function namesOf({ busInfo, card }: V4l2Caps, links: readonly string[]) {
  const [id = card, ...aliases] = [...links, ...(busInfo === '' ? [] : [busInfo])];
  return { id, aliases };
}

/** Two nodes of one device share its bus: the second gets a number. */
function withOwnId(node: Node, others: readonly Node[]): Node {
  const twins = others.filter(({ id }) => id === node.id || id.startsWith(`${node.id}#`)).length;
  return twins === 0 ? node : { ...node, id: `${node.id}#${twins + 1}` };
}

/** udev's names for each node: by-id (maker, model, serial) before by-path (where it is plugged). */
async function readLinks(dev: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const links = new Map<string, string[]>();
  for (const folder of ['by-id', 'by-path']) {
    for (const link of (await readdir(`${dev}/v4l/${folder}`).catch(() => [])).toSorted()) {
      const target = await readlink(`${dev}/v4l/${folder}/${link}`).catch(() => '');
      links.set(basename(target), [...(links.get(basename(target)) ?? []), link]);
    }
  }
  return links;
}

function byNumber(a: string, b: string): number {
  return Number(a.replace(/\D/g, '')) - Number(b.replace(/\D/g, ''));
}
