export { type EnvironmentFacts, environmentFacts, environmentFamily } from './environment-facts.ts';
export { environmentsPage } from './environments-page.ts';
export { checkEnvironmentsPage, docsFolder, type WrittenPage, writeEnvironmentsPage } from './write-environments.ts';
