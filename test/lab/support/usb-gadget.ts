import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { put } from './kernel.ts';

const ROOT = '/sys/kernel/config/usb_gadget';

export interface UsbIds {
  readonly vendor: string;
  readonly product: string;
  readonly maker: string;
  readonly model: string;
}

/** A USB device of the given functions, on a controller of dummy_hcd. */
export function makeGadget(
  name: string,
  ids: UsbIds,
  functions: readonly string[],
  controller: number,
) {
  const gadget = `${ROOT}/${name}`;
  mkdirSync(`${gadget}/strings/0x409`, { recursive: true });
  mkdirSync(`${gadget}/configs/c.1/strings/0x409`, { recursive: true });
  put(`${gadget}/idVendor`, ids.vendor);
  put(`${gadget}/idProduct`, ids.product);
  put(`${gadget}/strings/0x409/manufacturer`, ids.maker);
  put(`${gadget}/strings/0x409/product`, ids.model);
  put(`${gadget}/strings/0x409/serialnumber`, '1');
  for (const one of functions) {
    if (!existsSync(`${gadget}/functions/${one}`)) mkdirSync(`${gadget}/functions/${one}`);
  }
  const plug = () =>
    put(`${gadget}/UDC`, readdirSync('/sys/class/udc').toSorted()[controller] ?? '');
  return {
    path: (attribute: string) => `${gadget}/${attribute}`,
    link: () => {
      for (const one of functions) {
        symlinkSync(`${gadget}/functions/${one}`, `${gadget}/configs/c.1/${one}`);
      }
    },
    plug,
    unplug: () => put(`${gadget}/UDC`, '\n'),
  };
}
