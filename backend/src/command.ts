import { parseArgs, type ParseArgsConfig } from 'node:util'
import { BillingError } from '@customer-portal/billing'
import { Refused, sentenceOf } from './refusal.ts'

/** A wrong command line: its usage is printed after the sentence. */
export class WrongCall extends Refused {}

/** The flags that name a running server, for commands that can work through one. */
export const serverFlags = { url: { type: 'string' }, key: { type: 'string' } } as const

type Flags = NonNullable<ParseArgsConfig['options']>
type FlagValues<O extends Flags> = ReturnType<typeof parseArgs<{ options: O }>>['values']

/** A parsed command line: its flags, by Node's own parser, and the words between them. */
export interface Call<O extends Flags> {
  flags: FlagValues<O>
  words: string[]
}

export interface Command<O extends Flags> {
  usage: string
  flags: O
  /** Whether words name the action; without them the command prints its usage. */
  hasWords: boolean
  /** Runs the command and returns the exit code. Throws Refused with a sentence that says what to do. */
  run(call: Call<O>): Promise<number>
}

/** Runs the command of this process and exits with its code. `--help` prints the usage. */
export async function runCommand<const O extends Flags>({
  usage,
  run,
  ...called
}: Command<O>): Promise<void> {
  try {
    const call = parseCall(process.argv.slice(2), called)
    if (call === 'help') process.stdout.write(usage)
    else process.exitCode = await run(call)
  } catch (error) {
    const sentence = error instanceof BillingError ? error.detail.message : sentenceOf(error)
    process.stderr.write(`${sentence ?? (error as Error).stack}\n`)
    if (error instanceof WrongCall) process.stderr.write(`\n${usage}`)
    process.exitCode = 1
  }
}

function parseCall<O extends Flags>(
  args: string[],
  { flags, hasWords }: Pick<Command<O>, 'flags' | 'hasWords'>,
): Call<O> | 'help' {
  try {
    const options: Flags = { ...flags, help: { type: 'boolean', short: 'h' } }
    const { values, positionals } = parseArgs({ args, allowPositionals: hasWords, options })
    if (values['help'] === true || (hasWords && positionals.length === 0)) return 'help'
    return { flags: values as FlagValues<O>, words: positionals }
  } catch (error) {
    throw new WrongCall((error as Error).message, { cause: error })
  }
}
