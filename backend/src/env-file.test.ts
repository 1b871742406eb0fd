import { expect, test } from 'vitest'
import { parseEnvFile } from './env-file.ts'

test('a colour needs no quotes, and comments are comments', () => {
  const text =
    '# PORT=1\nPORT=8000 # where it listens\nPORTAL_BRAND_COLOR=#0F62fe\nLOG_LEVEL= # info\nexport '
    + 'OTHER = #0f766e # teal\nQUOTED="#123456"\r\nNAME=#deface it\n'
  expect(parseEnvFile(text)).toEqual({
    PORT: '8000',
    PORTAL_BRAND_COLOR: '#0F62fe',
    LOG_LEVEL: '',
    OTHER: '#0f766e',
    QUOTED: '#123456',
    NAME: '#deface',
  })
})
