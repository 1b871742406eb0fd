import { expect, test } from 'vitest'
import { html, joined, prose } from './html.ts'

test('a value is text, whatever it looks like, and a part that is HTML stays so', () => {
  expect(
    html`<p title="${'"a"'}">${'<b>&amp;</b>'}${html`<i>${1}</i>`}${undefined}${['x', html`<br>`]}</p>`.text,
  ).toBe('<p title="&quot;a&quot;">&lt;b&gt;&amp;amp;&lt;/b&gt;<i>1</i>x<br></p>')
})

test('what stands between backticks is code', () => {
  expect(html`${prose('One of `a<b` or `c`.')}`.text).toBe('One of <code>a&lt;b</code> or <code>c</code>.')
})

test('parts are joined by what stands between each two', () => {
  expect(html`${joined(['a', 'b', 'c'], html`<br>`)}`.text).toBe('a<br>b<br>c')
})
