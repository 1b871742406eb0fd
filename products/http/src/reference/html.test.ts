import { expect, test } from 'vitest'
import { html, joined, prose } from './html.ts'

test('a value is escaped, and a part that is HTML is not', () => {
  expect(
    html`<p title="${'"a"'}">${'<b>&amp;</b>'}${html`<i>${1}</i>`}${undefined}${['x', html`<br>`]}</p>`.text,
  ).toBe('<p title="&quot;a&quot;">&lt;b&gt;&amp;amp;&lt;/b&gt;<i>1</i>x<br></p>')
})

test('text between backticks becomes code', () => {
  expect(html`${prose('One of `a<b` or `c`.')}`.text).toBe('One of <code>a&lt;b</code> or <code>c</code>.')
})

test('parts are joined by the separator', () => {
  expect(html`${joined(['a', 'b', 'c'], html`<br>`)}`.text).toBe('a<br>b<br>c')
})
