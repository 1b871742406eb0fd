import { looks, nothingOverflows } from './support/overflow.ts'

nothingOverflows(looks[0])
