import { parseEnv } from 'node:util'

/** Parses an .env file. A colour may be written without quotes, although # starts a comment anywhere else. */
export function parseEnvFile(text: string): NodeJS.Dict<string> {
  return parseEnv(text.replace(/^(\s*(?:export\s+)?\w+\s*=\s*)(#[\da-f]{6})(?=\s|$)/gim, '$1"$2"'))
}
