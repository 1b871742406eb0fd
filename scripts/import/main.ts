import { parseOptions, usage, UsageMistake } from './options.ts'
import { count, screenOn } from './screen.ts'
import { importUsage } from './usage.ts'

/** `npm run import`: returns the exit code. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env)
  const screen = screenOn(process.stdout)
  process.on('SIGINT', () => {
    screen.end()
    screen.say('Stopped. Run the same command again to go on.')
    process.exit(130)
  })
  try {
    const { lines, accepted, duplicates, rejected, repeated } = await importUsage(options, screen)
    screen.say(
      `${count(lines)} lines: ${count(accepted)} events accepted, ${count(duplicates)} duplicates, `
        + `${count(rejected)} `
        + `rejected.${repeated > 0 ? ` ${count(repeated)} lines have an id of a line before.` : ''}`,
    )
    return rejected > 0 ? 1 : 0
  } catch (error) {
    screen.end()
    throw error
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof UsageMistake) console.error(`\n${usage}`)
  process.exitCode = 1
}
