/**
 * How programs are bundled for the lab: one file each with its packages. The guest's
 * kernel is slow at opening files: the daemon's thirteen hundred take it 16 s, its
 * bundle 3 s.
 */
const NATIVE = [
  '@serialport/bindings-cpp',
  'epoll',
  'gstreamer-superficial',
  'i2c-bus',
  'koffi',
  'onoff',
  'sharp',
  'unix-dgram',
];
/** Named by packages that do without them. */
const OPTIONAL = ['bufferutil', 'utf-8-validate', 'x11'];

/** What packages of CommonJS find in Node and not in a module. */
const BANNER = `import { createRequire as createRequireOfLab } from 'node:module';
const require = createRequireOfLab(import.meta.url);
const [__filename, __dirname] = [import.meta.filename, import.meta.dirname];`;

/** Options of esbuild. */
export const BUNDLING = {
  bundle: true,
  external: [...NATIVE, ...OPTIONAL],
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner: { js: BANNER },
  // Packages are found beside the checkout, wherever its node_modules is linked from.
  preserveSymlinks: true,
  logLevel: 'warning',
};
