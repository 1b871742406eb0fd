import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inProject } from './project.mjs'

// What somebody typed may be written from right to left: unless it stands in an element of its own direction,
// it turns round the numbers beside it.

const folders = ['products/customer-portal/frontend/src', 'agent-workbench/src', 'packages/ui/src']
/** Expressions that show what a vendor, a customer or a visitor named or wrote. */
const typed =
  /companyName|visitorName|agentName|contactName|lastMessage|sourceTitle|\breason\b(?!\()|planName\(|propertyName\(|propertyValue\(|nameOf\(event|text\(\w+\.(?:name|description)\)|\b(?:agent|customer|meter|plan|line|one|row)\.(?:name|label|description)\b|\b(?:described|feature)\b/
/** Texts of our own: the portal's isolate what they are filled in with, the desk's are given it isolated. */
const allowed = /^(?:t\(|errorText\(|reason(?:\(state\))?$)|isolated\(/

test.each(folders)('%s isolates every name and every text that somebody typed', (folder) => {
  const files = readdirSync(inProject(...folder.split('/')), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.vue'),
  )
  const found = files.flatMap((file) => {
    const source = readFileSync(inProject(...folder.split('/'), file), 'utf8')
    return [...source.matchAll(/(<[a-z][^<>]*>)?\s*\{\{ (.+?) \}\}/g)]
      .filter(
        ([, tag = '', shown = '']) =>
          typed.test(shown)
          && !allowed.test(shown)
          && !/^<(?:bdi|option|text|tspan)\b|\bdir="auto"/.test(tag),
      )
      .map(([, , shown]) => `${file}: ${shown}`)
  })
  expect(found).toEqual([])
})
