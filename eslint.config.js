import tseslint from 'typescript-eslint';

/** Imports go one way: policies ← src/routing ← sim ← src/{store, runtime, http, cli}. */
const forbid = (files, ...patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: patterns.map(([group, message]) => ({ group, message })) }] },
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'policies/kernel/assembly', 'policies/kernel/binary.ts', 'coverage'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
    },
  },
  forbid(
    ['policies/**/*.ts'],
    [['**/src/**', '**/sim/**', 'node:*', 'pg', 'kysely', 'fastify'], 'policies are pure mathematics'],
  ),
  forbid(
    ['src/routing/**/*.ts'],
    [['**/store/**', '**/runtime/**', '**/http/**', '**/cli/**', '**/sim/**'], 'routing is a pure domain'],
    [['node:*', 'pg', 'kysely', 'fastify'], 'routing does no IO'],
  ),
  forbid(
    ['sim/**/*.ts'],
    [
      ['**/src/store/**', '**/src/runtime/**', '**/src/http/**', '**/src/cli/**', 'pg', 'kysely', 'fastify'],
      'the simulator plays routing, not the service',
    ],
  ),
  forbid(
    ['src/runtime/**/*.ts'],
    [
      ['kysely', 'pg', '@electric-sql/*', 'fastify', '**/http/**', '**/cli/**'],
      'only src/store knows the database, only src/http knows Fastify',
    ],
  ),
  forbid(['src/http/**/*.ts'], [['kysely', 'pg', '@electric-sql/*', '**/cli/**'], 'only src/store knows the database']),
  forbid(
    ['src/store/**/*.ts'],
    [['fastify', '**/runtime/**', '**/http/**', '**/cli/**'], 'the store knows nothing above it'],
  ),
  {
    // No compiler looks at the page.
    files: ['src/dashboard/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['document', 'fetch', 'history', 'location', 'setInterval'].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-undef': 'error' },
  },
  { files: ['src/cli/**/*.ts', 'test/bench/**/*.ts', '**/*.js'], rules: { 'no-console': 'off' } },
);
