#!/usr/bin/env node
/** Writes docs/environments.md and its pictures; with --check it writes nothing and fails when they are out of date. */
import { checkEnvironmentsPage, writeEnvironmentsPage } from '../dist/index.js';

const [flag, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (flag !== undefined && flag !== '--check')) {
  process.stderr.write('usage: write-environments [--check]\n');
  process.exitCode = 2;
} else if (flag === '--check') {
  const complaints = await checkEnvironmentsPage();
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  process.exitCode = complaints.length > 0 ? 1 : 0;
} else {
  const { ids, pictures, bytes } = await writeEnvironmentsPage();
  process.stdout.write(`docs/environments.md: ${ids} environments, ${pictures} pictures of ${bytes} bytes together\n`);
}
