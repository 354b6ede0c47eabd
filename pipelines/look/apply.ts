/** Looks colours up in a table, as ffmpeg's lut1d and lut3d do. Pure. */
import type { Cube } from './cube.ts';

/** Writes three numbers to `out`, from 0 to 1 as a rule; `strength` 0 leaves the colour as it is. */
export type LookUp = (red: number, green: number, blue: number, out: Float32Array) => void;

export function lookUpIn(cube: Cube): LookUp {
  return cube.kind === '1D' ? lookUp1d(cube) : lookUp3d(cube);
}

/** @param strength From 0 (none of the look) to 1 (all of it). */
export function withStrength(look: LookUp, strength: number): LookUp {
  if (strength >= 1) return look;
  return (red, green, blue, out) => {
    look(red, green, blue, out);
    out[0] = red + ((out[0] ?? 0) - red) * strength;
    out[1] = green + ((out[1] ?? 0) - green) * strength;
    out[2] = blue + ((out[2] ?? 0) - blue) * strength;
  };
}

/** Where a colour stands on an axis of the table, from 0 to its last entry. */
function openAxis({ size, domainMin, domainMax }: Cube, channel: 0 | 1 | 2) {
  const min = domainMin[channel];
  const scale = (size - 1) / (domainMax[channel] - min);
  return (value: number) => Math.min(size - 1, Math.max(0, (value - min) * scale));
}

function lookUp1d(cube: Cube): LookUp {
  const { size, rgb } = cube;
  const axes = [openAxis(cube, 0), openAxis(cube, 1), openAxis(cube, 2)] as const;
  const at = (channel: 0 | 1 | 2, value: number) => {
    const place = axes[channel](value);
    const low = Math.floor(place);
    const high = Math.min(size - 1, low + 1);
    const from = rgb[low * 3 + channel] ?? 0;
    return from + ((rgb[high * 3 + channel] ?? 0) - from) * (place - low);
  };
  return (red, green, blue, out) => {
    out[0] = at(0, red);
    out[1] = at(1, green);
    out[2] = at(2, blue);
  };
}

/**
 * Tetrahedral: the cell of the table is cut into six, and a colour lies between the four
 * corners of one. The path goes from the cell's first corner along the axis with the
 * largest remainder, then the next one, to the last corner.
 */
function lookUp3d(cube: Cube): LookUp {
  const { size, rgb } = cube;
  const [redAxis, greenAxis, blueAxis] = [openAxis(cube, 0), openAxis(cube, 1), openAxis(cube, 2)];
  return (red, green, blue, out) => {
    const [x, y, z] = [redAxis(red), greenAxis(green), blueAxis(blue)];
    const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
    const [dx, dy, dz] = [x - i, y - j, z - k];
    // An axis at its end has no remainder, and its step leads nowhere.
    const stepX = i < size - 1 ? 3 : 0;
    const stepY = j < size - 1 ? 3 * size : 0;
    const stepZ = k < size - 1 ? 3 * size * size : 0;
    const first = 3 * (i + size * (j + size * k));
    const last = first + stepX + stepY + stepZ;
    let [large, middle, small] = [dx, dy, dz];
    let [second, third] = [first + stepX, first + stepX + stepY];
    if (dx > dy) {
      if (dy <= dz) {
        if (dx > dz) {
          [middle, small] = [dz, dy];
          third = first + stepX + stepZ;
        } else {
          [large, middle, small] = [dz, dx, dy];
          [second, third] = [first + stepZ, first + stepZ + stepX];
        }
      }
    } else if (dz > dy) {
      [large, middle, small] = [dz, dy, dx];
      [second, third] = [first + stepZ, first + stepZ + stepY];
    } else if (dz > dx) {
      [large, middle, small] = [dy, dz, dx];
      [second, third] = [first + stepY, first + stepY + stepZ];
    } else {
      [large, middle, small] = [dy, dx, dz];
      [second, third] = [first + stepY, first + stepY + stepX];
    }
    for (let channel = 0; channel < 3; channel += 1) {
      out[channel] =
        (1 - large) * (rgb[first + channel] ?? 0) +
        (large - middle) * (rgb[second + channel] ?? 0) +
        (middle - small) * (rgb[third + channel] ?? 0) +
        small * (rgb[last + channel] ?? 0);
    }
  };
}
