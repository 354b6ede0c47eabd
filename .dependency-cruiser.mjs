/** Run by `npm run lint`: holds the code to the table of imports, scripts/structure/folders.ts. */
export { config as default } from './scripts/structure/rules.ts';
