#!/usr/bin/env node
/** Starts the built command; a checkout that was not built yet is told so in a sentence. */
try {
  const { main } = await import('../dist/index.js');
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('dist')) throw error;
  process.stderr.write('Understudy is not built yet: run "npm run build" in its folder, then try again.\n');
  process.exitCode = 2;
}
