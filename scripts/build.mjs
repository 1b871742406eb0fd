import './node-version.mjs'

const [{ fail, say }, { buildFrontEnds }, { installPackages }] = await Promise.all([
  import('./console.mjs'),
  import('./front-ends.mjs'),
  import('./packages.mjs'),
])

await installPackages()
const failures = await buildFrontEnds()
if (failures.length > 0) fail(failures.join('\n'))
say('The front ends are up to date.')
