import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { inProject } from './project.mjs'

// One term for one concept, on every surface a customer or a vendor reads.

const texts = [
  'products/customer-portal/frontend/src/texts/zh-CN.ts',
  'products/customer-portal/frontend/src/texts/en.ts',
  'agent-workbench/src/texts/zh-CN.ts',
  'agent-workbench/src/texts/en.ts',
  'products/http/src/error-codes.ts',
  'products/customer-portal/src/invoice-file.ts',
  'services/billing/src/invoicing/pdf/page.ts',
  'services/billing/src/invoicing/pdf/notes.ts',
  'services/billing/src/invoicing/document/line.ts',
  'services/billing/src/commands/subscription/notices.ts',
  'services/billing/src/invoicing/pdf/unprintable.ts',
  'services/billing/src/commands/subscription/planned-change.ts',
  'products/customer-portal/src/late-reason.ts',
  'products/customer-portal/src/usage-file.ts',
  'packages/embed/src/diagnosis.ts',
  'products/http/src/reference/texts.ts',
  'products/http/src/reference/chinese.ts',
  'products/billing-api/src/reference/chinese.ts',
  'products/customer-portal/src/reference/chinese.ts',
  'products/workbench-api/src/reference/chinese.ts',
  'README.md',
  'README.zh-CN.md',
  'docs/guides/quick-start-for-vendors.zh-CN.md',
  'docs/guides/embedding.zh-CN.md',
]
/** Words to avoid, with their replacement. */
const replaced: [RegExp, string][] = [
  [/账户余额/, '余额'],
  [/贷项通知单/, '贷项凭证'],
  [/超额/, '超出用量, 超出费用'],
  [/今日应付/, '本次账单'],
  [/(?<!不|适)应付金额|应付账单/, '待付金额'],
  [/付款到期/, '付款期限'],
  [/开具日期/, '出账日期'],
  [/开具账单|账单已开具|已开具/, '生成账单, 已出账'],
  [/账单退差|退差价/, '变更退差额'],
  [/(?<!可用)额度/, '包含量, 配额'],
  [/(?<!社会信用代码、)税号/, '统一社会信用代码'],
  [/连接不上服务器/, '无法连接服务器'],
  [/没能读到/, '数据加载失败'],
  [/暂不(?!可用|支持|能|执行)/, '保留订阅'],
  [/从工作台重新打开/, '回到您进入的页面重新打开'],
  [/来由|余额变动/, '来源, 余额明细'],
  [/贷项冲减/, '冲减'],
  [/最晚 ?[\d{]/, '…前付款'],
  [/(?<!确定)取消(?!订阅|后|了)[^，。']*？/, '确定取消订阅？'],
  [/不含用量/, '按量计费'],
  [/暂停 ?\{/, '…'],
  [/[Aa]ccount credit/, 'balance'],
  [/Due today/, 'This invoice'],
  [/Move down/, 'Downgrade'],
  [/There is no such page/, 'Page not found'],
  [/goes on'/, 'continues'],
  [/what was read last/, 'the last data loaded'],
  [/Off (that|the) invoice/, 'Applied to invoice'],
  [/Reopen this panel/, 'the page you came from'],
]

test.each(texts)('%s uses the words of the glossary', (file) => {
  const lines = readFileSync(inProject(...file.split('/')), 'utf8').split('\n')
  const found = lines.flatMap((line, index) =>
    replaced
      .filter(([word]) => word.test(line))
      .map(([word, instead]) => `${index + 1}: ${word.exec(line)![0]} → ${instead}`),
  )
  expect(found).toEqual([])
})

/** A program's texts: its literals, with placeholders for interpolated values. */
function literalsOf(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(inProject(...file.split('/')), 'utf8'),
    ts.ScriptTarget.Latest,
  )
  const found: string[] = []
  const textOf = (node: ts.Node): string | undefined => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
    if (ts.isTemplateExpression(node))
      return node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('')
    // A text concatenated from several lines is one text.
    if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined
    const sides = [textOf(node.left), textOf(node.right)]
    return sides.every((side) => side !== undefined) ? sides.join('') : undefined
  }
  const visit = (node: ts.Node) => {
    const text = textOf(node)
    if (text !== undefined) found.push(text)
    if (text === undefined) ts.forEachChild(node, visit)
    else visitInside(node)
  }
  /** The expressions between the parts of a text may contain texts too. */
  const visitInside = (node: ts.Node) => {
    if (ts.isTemplateExpression(node)) for (const { expression } of node.templateSpans) visit(expression)
    else ts.forEachChild(node, visitInside)
  }
  visit(source)
  return found
}

test.each(texts.filter((file) => file.endsWith('.ts')))(
  '%s has full-width brackets in Chinese and half-width ones in English',
  (file) => {
    const isChinese = (text: string) =>
      /\p{Script=Han}/u.test(text)
      || (file.endsWith('zh-CN.ts') && !/[a-z]{3}/i.test(text.replace(/\{\w*\}/g, '')))
    const wrong = literalsOf(file).filter((text) =>
      isChinese(text) ? /[()]/.test(text) : /[（），。：；！？]/.test(text),
    )
    expect(wrong).toEqual([])
  },
)
