export { type D4rlEntry, d4rlBaseUrl, d4rlCatalogue, d4rlEntry } from './catalogue.ts';
export { type D4rlFault, type D4rlFix, d4rlFaults } from './faults.ts';
