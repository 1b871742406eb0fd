// The arrows of docs/architecture.md: they point down only. `npm run layers` fails when one does not.

/** Test code may reach across: it puts the parts together as backend does. */
const tests = '(\\.test\\.ts$|(^|/)testing(/|\\.ts$)|^services/[^/]+/scenarios/)'
const ours = '^(services|products|agent-workbench|backend|packages)/'

/** `from` may use, of our own folders, only itself and what `allowed` names. */
const only = (name, comment, from, allowed, except = []) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: [tests, ...except] },
  to: { path: ours, pathNot: [from, ...allowed] },
})

const index = (folder) => `^${folder}/src/index\\.ts$`
const contract = (folder) => `^${folder}/src/contract\\.ts$`
const http = ['^products/http/src/(index|resources)\\.ts$']
/** What the front ends share. */
const ui = '^packages/ui/src/'
const portalFrontEnd = '^products/customer-portal/frontend/'

/**
 * The nine floors of the engine, from the ground up: a folder uses those on the floors below its own, and never its
 * neighbours.
 */
const engineFloors = [
  ['values', 'sharing'],
  ['pricing', 'invoicing/pdf/typesetting'],
  ['access', 'activity', 'customer', 'payments', 'catalogue', 'invoicing/pdf'],
  ['subscription'],
  ['rating', 'usage/totals'],
  ['invoicing/document', 'usage/record'],
  ['invoicing', 'quota'],
  ['billing-run', 'reports/usage'],
  ['commands/account', 'commands/invoice', 'commands/subscription', 'reports', 'reconciliation'],
]
const inEngine = (folder) => `^services/billing/src/${folder}/[^/]+$`
/** Below all folders; the rest of the root puts them together. */
const ground = '^services/billing/src/(engine|errors)\\.ts$'

module.exports = {
  forbidden: [
    ...engineFloors.flatMap((folders, floor) =>
      folders.map((folder) => ({
        name: `engine-${folder.replaceAll('/', '-')}`,
        comment:
          'A folder of the engine uses the floors below its own, not its neighbours: see engineFloors.',
        severity: 'error',
        from: { path: inEngine(folder), pathNot: tests },
        to: {
          path: '^services/billing/src/',
          pathNot: [ground, inEngine(folder), ...engineFloors.slice(0, floor).flat().map(inEngine)],
        },
      })),
    ),
    {
      name: 'engine-ground',
      comment: 'What all folders of the engine stand on uses only values and sharing.',
      severity: 'error',
      from: { path: ground },
      to: { path: '^services/billing/src/', pathNot: [ground, inEngine('values'), inEngine('sharing')] },
    },
    {
      name: 'no-circle',
      comment: 'Two files that need each other, be it for a type, are one thought in two places.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(raw|url|inline|worker)$|^virtual:' },
    },
    {
      name: 'listed-packages',
      comment: 'A package must be listed in package.json, and not only come with another.',
      severity: 'error',
      from: { pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'rules-are-pure',
      comment:
        'Rules know no I/O, no database, no clock: only each other, errors.ts, the calendar and hashing.',
      severity: 'error',
      from: { path: '^services/billing/src/(values|pricing)/', pathNot: tests },
      to: {
        pathNot: [
          '^services/billing/src/(values|pricing)/',
          '^services/billing/src/errors\\.ts$',
          '(^|/)node_modules/temporal-polyfill/',
          '^(node:)?(assert(/strict)?|crypto)$',
        ],
      },
    },
    only(
      'database-stands-alone',
      'services/database knows nothing of what is kept in it.',
      '^services/database/',
      [],
    ),
    only('billing-uses-database', 'The engine knows no HTTP and no product.', '^services/billing/', [
      index('services/database'),
    ]),
    only(
      'workbench-uses-database',
      "The desk's records know nothing of billing: products/workbench-api joins the two.",
      '^services/workbench/',
      [index('services/database')],
    ),
    only(
      'http-uses-services',
      'What the APIs share; it joins the error lists of all parts.',
      '^products/http/',
      ['billing', 'database', 'workbench'].map((name) => index(`services/${name}`)),
    ),
    only('portal-api-uses-billing', 'Products do not know each other.', '^products/customer-portal/src/', [
      index('services/billing'),
      index('services/database'),
      ...http,
    ]),
    only('billing-api-uses-billing', 'Products do not know each other.', '^products/billing-api/', [
      index('services/billing'),
      index('services/database'),
      ...http,
    ]),
    only('workbench-api-uses-services', 'Products do not know each other.', '^products/workbench-api/', [
      index('services/billing'),
      index('services/workbench'),
      index('services/database'),
      ...http,
    ]),
    only(
      'portal-uses-its-contract',
      "A front end knows its API's contract and nothing behind it.",
      portalFrontEnd,
      [contract('products/customer-portal'), index('packages/embed'), ui, ...http],
    ),
    only(
      'desk-uses-its-contract',
      "A front end knows its API's contract and nothing behind it.",
      '^agent-workbench/',
      [contract('products/workbench-api'), index('packages/embed'), ui, ...http],
    ),
    only('packages-stand-alone', 'What others install knows nothing of the server.', '^packages/', []),
    {
      name: 'ui-is-for-front-ends',
      comment: 'What the front ends share is for pages alone, and uses of the other packages types only.',
      severity: 'error',
      from: { path: ours, pathNot: [tests, ui, portalFrontEnd, '^agent-workbench/'] },
      to: { path: ui },
    },
    {
      name: 'ui-takes-types-of-embed',
      comment: 'The words of the two are the same; the code of the other side stays out of the pages.',
      severity: 'error',
      from: { path: ui, pathNot: tests },
      to: { path: '^packages/(?!ui/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'embed-brings-only-penpal',
      comment:
        'What others put into their pages is small: penpal, which does the handshake, and nothing else.',
      severity: 'error',
      from: { path: '^packages/embed/src/', pathNot: tests },
      to: { pathNot: ['^packages/embed/src/', '(^|/)node_modules/penpal/'] },
    },
    {
      name: 'portal-takes-types-of-embed',
      comment: 'The portal knows the words the two exchange, not the code of the other side.',
      severity: 'error',
      from: { path: portalFrontEnd, pathNot: tests },
      to: { path: '^packages/embed/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sdk-brings-nothing',
      comment: 'The client brings nothing along: only Node itself.',
      severity: 'error',
      from: { path: '^packages/sdk/src/', pathNot: tests },
      to: { pathNot: ['^packages/sdk/', '^(node:)?(crypto|events|fs|fs/promises|os|path)$'] },
    },
    {
      name: 'contracts-are-types',
      comment: 'A front end takes only types from a contract: `import type`. Schemas stay on the server.',
      severity: 'error',
      from: { path: [portalFrontEnd, '^agent-workbench/'], pathNot: tests },
      to: { path: '^products/[^/]+/src/', dependencyTypesNot: ['type-only'] },
    },
    only(
      'backend-uses-public-names',
      'A package is used through what its package.json exports, not through its inner files.',
      '^backend/',
      [
        ...[
          'services/database',
          'services/billing',
          'services/workbench',
          'products/customer-portal',
          'products/billing-api',
          'products/workbench-api',
        ].map(index),
        ...http,
      ],
    ),
    {
      name: 'nothing-above-backend',
      comment: 'backend puts everything together; nothing uses it.',
      severity: 'error',
      from: { path: ours, pathNot: ['^backend/', tests] },
      to: { path: '^backend/' },
    },
    {
      name: 'only-conformance-reaches-inside',
      comment:
        'Conformance cases ask the files that make invoices; every other script uses what a package exports.',
      severity: 'error',
      from: { path: '^scripts/', pathNot: ['^scripts/conformance/', tests] },
      to: { path: '^services/', pathNot: '^services/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'only-database-opens-databases',
      comment: 'One place knows the drivers.',
      severity: 'error',
      from: { path: ours, pathNot: ['^services/database/', tests] },
      to: { path: '(^|/)node_modules/(pg|@electric-sql/pglite)/' },
    },
    {
      name: 'tests-stay-tests',
      comment: 'What runs in production does not use test code.',
      severity: 'error',
      from: { path: ours, pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['customer-portal-source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.vue'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
}
