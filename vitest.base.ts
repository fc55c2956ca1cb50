import { defineConfig } from 'vitest/config';

/** Tests resolve the workspace's packages to their TypeScript sources, so an edit needs no build before its test. */
export default defineConfig({
  resolve: { conditions: ['@understudy/source', 'module', 'node', 'development|production'] },
  ssr: { resolve: { conditions: ['@understudy/source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
