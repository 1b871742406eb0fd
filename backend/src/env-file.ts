import { parseEnv } from 'node:util'

/**
 * The variables of an .env file. A colour may stand there as it is, though a # begins a comment anywhere
 * else.
 */
export function parseEnvFile(text: string): NodeJS.Dict<string> {
  return parseEnv(text.replace(/^(\s*(?:export\s+)?\w+\s*=\s*)(#[\da-f]{6})(?=\s|$)/gim, '$1"$2"'))
}
