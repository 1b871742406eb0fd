import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import tseslint from 'typescript-eslint'

const tests = ['**/*.test.ts', '**/testing.ts', '**/testing/**', 'e2e/**', 'bench/**']
const browserCode = ['products/customer-portal/frontend/**', 'agent-workbench/**', 'packages/{embed,ui}/**']

/** What no file may write. Each entry says what to do instead. */
const everywhere = [
  { selector: 'TSEnumDeclaration', message: 'A union of literals: the code must stay erasable.' },
  { selector: 'TSParameterProperty', message: 'Write the field: the code must stay erasable.' },
  {
    selector: 'ExportAllDeclaration',
    message: 'Export names one by one, so that the public names can be read.',
  },
]
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only backend/src/environment.ts reads the environment; take the value as an argument.',
}
const clock = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is an argument: engine.now().',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time is an argument: engine.now().',
  },
  {
    selector: "MemberExpression[object.name='Temporal'][property.name='Now']",
    message: 'Time is an argument: engine.now().',
  },
]
const chance = [
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Nothing here is left to chance: ids come from engine.newId().',
  },
  {
    selector: 'ImportSpecifier[imported.name=/^random/]',
    message: 'Nothing here is left to chance: ids come from engine.newId().',
  },
]
const restrict = (...more) => ['error', ...everywhere, ...more]

const builtins = [
  'assert',
  'child_process',
  'crypto',
  'events',
  'fs',
  'fs/promises',
  'http',
  'https',
  'net',
  'os',
  'path',
  'stream',
  'url',
  'util',
  'worker_threads',
  'zlib',
]
const imports = {
  paths: builtins.map((name) => ({ name, message: `Write node:${name}.` })),
  patterns: [
    { regex: '^\\.{1,2}/.*(?<!\\.(ts|mjs|js|vue|json|css|svg))$', message: 'Write the extension: ./name.ts' },
  ],
}
const databases = ['pg', '@electric-sql/pglite'].map((name) => ({
  name,
  message: 'Only services/database opens a database.',
}))

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', 'data/', '**/.cache/', 'coverage/', 'test-results/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  // Every file, also the plain JavaScript of scripts/.
  {
    files: ['**/*.{ts,mjs,js,cjs,vue}'],
    rules: {
      semi: ['error', 'never'],
      quotes: ['error', 'single', { avoidEscape: true, allowTemplateLiterals: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-debugger': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-unreachable': 'error',
      'no-fallthrough': 'error',
      'no-duplicate-imports': 'off',
      'no-self-compare': 'error',
      'no-unsafe-finally': 'error',
      'no-restricted-imports': ['error', { ...imports, paths: [...imports.paths, ...databases] }],
      'no-restricted-syntax': restrict(),
    },
  },
  // Read by a Node or a browser of which nothing is known yet.
  { files: ['scripts/node-version.mjs', '**/public/**/*.js'], rules: { 'no-var': 'off' } },

  // TypeScript, with types: a promise that nobody waits for loses an error, and money with it.
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },

  // Vue: the script without types, the template for correctness and for people who cannot see or use a mouse.
  ...vue.configs['flat/essential'].map((config) => ({ ...config, files: ['**/*.vue'] })),
  ...accessibility.configs['flat/recommended'].map((config) => ({ ...config, files: ['**/*.vue'] })),
  {
    files: ['**/*.vue'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-undef-components': ['error', { ignorePatterns: ['^RouterLink$', '^RouterView$', '^router-'] }],
      'vue/no-template-target-blank': 'error',
      'vue/require-explicit-emits': 'error',
      'vue/multi-word-component-names': 'off',
      // These three mistake our own parts: a radiogroup or menu whose items take the focus, a box that hears
      // what bubbles up from its buttons, and components named <Meter> and <Select>. axe looks at the real
      // pages in e2e/.
      'vuejs-accessibility/interactive-supports-focus': 'off',
      'vuejs-accessibility/no-static-element-interactions': 'off',
      'vuejs-accessibility/form-control-has-label': 'off',
      // A label may wrap its field or name it by id; the rule's default asks for both.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },

  // One module reads the environment of the server, and scripts and tests that of their own process.
  {
    files: ['**/*.{ts,vue}'],
    ignores: ['backend/src/environment.ts', 'scripts/**', '*.config.ts', '**/vite.config.ts', ...tests],
    rules: { 'no-restricted-syntax': restrict(environment) },
  },
  // The engine is told the time.
  {
    files: ['services/billing/src/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': restrict(environment, ...clock) },
  },
  {
    files: ['services/billing/src/{pricing,values}/**/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': restrict(environment, ...clock, ...chance) },
  },
  // Only services/database opens a database; a test may look into one.
  { files: ['services/database/**', ...tests], rules: { 'no-restricted-imports': ['error', imports] } },
  // In the browser the bundler resolves names, also without an extension.
  { files: browserCode, rules: { 'no-restricted-imports': ['error', { paths: databases }] } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
)
