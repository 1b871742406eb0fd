import './node-version.mjs'

const { installPackages } = await import('./packages.mjs')
await installPackages()
const { serveFrontEnds } = await import('./front-end-servers.mjs')
await serveFrontEnds()
