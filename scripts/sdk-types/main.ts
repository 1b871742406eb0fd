import { writeFileSync } from 'node:fs'
import { inProject } from '../project.mjs'
import { vendorApi } from './document.ts'
import { typesOf } from './types.ts'

writeFileSync(inProject('packages', 'sdk', 'src', 'api.ts'), await typesOf(await vendorApi()))
