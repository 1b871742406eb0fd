import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inProject } from './project.mjs'

// Text that somebody typed may run from right to left: unless its element has a direction of its own, it
// reorders the numbers beside it.

const folders = ['products/customer-portal/frontend/src', 'agent-workbench/src', 'packages/ui/src']
/** Expressions that show what a vendor, a customer or a visitor named or wrote. */
const typed =
  /companyName|visitorName|agentName|contactName|lastMessage|sourceTitle|\breason\b(?!\()|planName\(|propertyName\(|propertyValue\(|nameOf\(event|text\(\w+\.(?:name|description)\)|\b(?:agent|customer|meter|plan|line|one|row)\.(?:name|label|description)\b|\b(?:described|feature)\b/
/** Our own texts: the portal's isolate their values, the workbench's get values already isolated. */
const allowed = /^(?:t\(|errorText\(|reason(?:\(state\))?$)|isolated\(/

test.each(folders)('%s isolates every name and every typed text', (folder) => {
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
