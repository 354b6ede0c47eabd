/** Makes USB gadgets on a simulated controller. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { get, put } from './kernel.ts';

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
  // Files of the lab share a gadget: the second finds it plugged.
  const plug = () => {
    const udc = readdirSync('/sys/class/udc').toSorted()[controller] ?? '';
    if (get(`${gadget}/UDC`) !== udc) put(`${gadget}/UDC`, udc);
  };
  return {
    path: (attribute: string) => `${gadget}/${attribute}`,
    link: () => {
      for (const one of functions) {
        const link = `${gadget}/configs/c.1/${one}`;
        if (!existsSync(link)) symlinkSync(`${gadget}/functions/${one}`, link);
      }
    },
    plug,
    unplug: () => put(`${gadget}/UDC`, '\n'),
  };
}

/** The lab's receipt printer, plugged in. */
export function makePrinter() {
  const ids = { vendor: '0x04b8', product: '0x0e15', maker: 'LAB', model: 'TM-LAB' };
  const gadget = makeGadget('printer', ids, ['printer.0'], 0);
  if (get(gadget.path('UDC')) !== '') return gadget;
  put(gadget.path('functions/printer.0/pnp_string'), 'MFG:LAB;CMD:ESC/POS;MDL:TM-LAB;CLS:PRINTER;');
  put(gadget.path('functions/printer.0/q_len'), '10');
  gadget.link();
  gadget.plug();
  return gadget;
}
