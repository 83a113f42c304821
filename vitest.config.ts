import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'images/**/*.test.ts',
            'test/{architecture,documents}.test.ts',
            'test/{property,conformance,wire}/**/*.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
      // Real namespaces, packets and containers: root and Linux.
      { test: { name: 'kernel', include: ['test/{kernel,differential}/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: 'clients', include: ['test/{clients,endpoints}/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
});
