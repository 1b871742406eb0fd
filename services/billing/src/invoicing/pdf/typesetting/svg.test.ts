import { expect, test } from 'vitest'
import { svgProblem } from './svg.ts'

const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${inside}</svg>`

test.each([
  ['a plain drawing', svg('<rect width="9" height="9"/>')],
  [
    'a declaration, a comment and a style',
    '<?xml version="1.0"?><!-- a > b '
      + `-->${svg('<style><![CDATA[.a > b {fill:red}]]></style><g><path d="M0 0"/></g>')}`,
  ],
  ['a filter', svg('<filter id="f"><feGaussianBlur stdDeviation="1"/></filter><g filter="url(#f)"/>')],
  ['a quoted sign', svg('<g id="a>b"><title>x</title></g>')],
  [
    'what drawing programs write at the top',
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
      + `"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">${svg('<g/>')}`,
  ],
  ['a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>'],
])('%s is accepted as a logo', (_name, text) => {
  expect(svgProblem(text)).toBeUndefined()
})

test.each([
  ['nesting', svg('<g>'.repeat(10_000) + '</g>'.repeat(10_000)), 'nested more than 64'],
  ['very many elements', svg('<g/>'.repeat(6_000)), 'more than 5000 elements'],
  ['entities', `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${svg('&b;')}`, 'declare entities'],
  ['an entity without a document type', `<!ENTITY a "b">${svg('')}`, 'declare entities'],
  ['a script', svg('<script>alert(1)</script>'), '<script>'],
  ['a foreign object', svg('<foreignObject/>'), '<foreignobject>'],
  ['another picture', svg('<image href="http://example.com/x.png"/>'), '<image>'],
  ['a page', '<html></html>', 'SVG document'],
  ['no drawing', 'hello', 'SVG document'],
  ['nothing', '', 'SVG document'],
  ['an open element', svg('<g>'), 'well-formed'],
  ['an end too many', `${svg('')}</g>`, 'well-formed'],
  ['an open quote', `<svg a="`, 'well-formed'],
  ['an open comment', `${svg('')}<!--`, 'well-formed'],
])('%s is rejected as a logo', (_name, text, problem) => {
  expect(svgProblem(text)).toContain(problem)
})

test('a text of 200 kB is scanned once, whatever it contains', () => {
  const filled = (text: string) => text.repeat(Math.floor(200_000 / text.length))
  const time = (text: string) =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const began = performance.now()
        svgProblem(text)
        return performance.now() - began
      }),
    )
  const usual = time(svg(filled('<path d="M0 0"/>').slice(0, 60_000)))
  for (const text of ['<', '<a "', '<!--', '<![CDATA[', '<a b="c" ', '<a \'"', '<?'])
    expect(time(`<svg>${filled(text)}`)).toBeLessThan(20 * usual + 30)
})
