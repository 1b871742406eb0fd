import { readFileSync } from 'node:fs'
import { notesOf, versionsIn } from './changelog.mjs'
import { fail, say } from './console.mjs'
import { inProject } from './project.mjs'

const [version] = process.argv.slice(2)
const changelog = readFileSync(inProject('CHANGELOG.md'), 'utf8')
const there = `CHANGELOG.md has: ${versionsIn(changelog).join(', ')}.`
if (!version) fail(`Name a version: npm run release-notes -- 1.2.0. ${there}`)
const notes = notesOf(changelog, version)
if (!notes) fail(`CHANGELOG.md says nothing about ${version}. ${there}`)
say(notes)
