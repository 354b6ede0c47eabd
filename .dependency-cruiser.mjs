/** For dependency-cruiser by hand; `npm run structure` holds the code to the same rules. */
export { config as default } from './scripts/structure/rules.ts';
