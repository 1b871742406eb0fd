import { allocate, weightsOf } from './discount.ts'
import { netOf, taxOn, withoutTax, type TaxedAmount, type TaxTotal } from './totals.ts'
import { money, scale, sum, type Money } from '../values/money.ts'

/** The parts of an invoice line that a credit note needs. */
export interface CreditableLine extends TaxedAmount {
  id: string
}

/** The credited part of a line: `gross` before the line's discount, `net` after the discount's share. */
export interface CreditedLine {
  lineId: string
  gross: Money
  net: Money
}

/** The content of one credit note. Every amount is positive. */
export interface Credit {
  lines: CreditedLine[]
  taxes: TaxTotal[]
  /** Including tax. */
  total: Money
}

/** A line with what notes have credited so far. Only lines above 0 can be credited. */
interface OpenLine {
  line: CreditableLine
  net: Money
  grossDone: Money
  netDone: Money
}

/** The lines of one rate and mode, their tax, and what notes have credited of both. */
interface TaxGroup {
  lines: OpenLine[]
  base: Money
  tax: Money
  baseDone: Money
  taxDone: Money
}

/**
 * Expresses what plan changes, endings and adjustments gave back as a credit, so that the next note can
 * credit only what both left. Those documents round their own tax; here it is the tax of the amount given
 * back, rounded once per rate.
 */
export function givenBackAsCredit(
  lines: readonly CreditableLine[],
  notes: readonly Credit[],
  amounts: readonly { lineId: string; amount: Money }[],
): Credit {
  return creditOf(
    groupsOf(lines, notes).flatMap((group) => {
      const credited = group.lines.flatMap((open) => {
        const amount = sum(amounts.filter((one) => one.lineId === open.line.id).map((one) => one.amount))
        return amount > 0 ? [shareOfGross(open, amount)] : []
      })
      if (credited.length === 0) return []
      const { taxRate, taxMode } = group.lines[0]!.line
      const tax = Math.min(
        taxOn(sum(credited.map((part) => part.net)), taxRate, taxMode),
        group.tax - group.taxDone,
      )
      return [{ group, credited, tax: money(tax) }]
    }),
  )
}

/**
 * Returns how much of a line can still be credited, before its discount; 0 for a line that gives money back.
 */
export function leftOfLine(line: CreditableLine, earlier: readonly Credit[]): Money {
  return netOf(line) > 0
    ? money(line.amount - sum(creditedOf(line.id, earlier).map((part) => part.gross)))
    : 0
}

/**
 * Credits amounts of given lines, at most what is left of each. Each carries its share of the line's discount
 * and tax.
 */
export function creditLines(
  lines: readonly CreditableLine[],
  earlier: readonly Credit[],
  amounts: readonly { lineId: string; amount: Money }[],
): Credit {
  return creditOf(
    groupsOf(lines, earlier).flatMap((group) => {
      const credited = group.lines.flatMap((open) =>
        amounts
          .filter((amount) => amount.lineId === open.line.id)
          .map((amount) => shareOfNet(open, amount.amount)),
      )
      if (credited.length === 0) return []
      const base = sum(credited.map((part) => part.net))
      return [
        { group, credited, tax: money(taxAt(group, group.baseDone + base, group.base) - group.taxDone) },
      ]
    }),
  )
}

/**
 * Credits a gross amount, at most what is left, by largest remainder on what is left: first over the tax
 * rates, so that each rate's tax is rounded once, then over the lines of each.
 */
export function creditAmount(
  lines: readonly CreditableLine[],
  earlier: readonly Credit[],
  amount: Money,
): Credit {
  const groups = groupsOf(lines, earlier)
  const parts = allocate(amount, weightsOf(groups.map(leftOfGroup)))
  return creditOf(
    groups.flatMap((group, index) => {
      const part = parts[index]!
      if (part === 0) return []
      const tax = taxOfPart(group, part)
      const base = isInside(group) ? part : money(part - tax)
      const nets = allocate(base, weightsOf(group.lines.map((open) => open.net - open.netDone)))
      const credited = group.lines.map((open, at) => shareOfGross(open, nets[at]!))
      // Where only a rest of tax is left, the note names one line for it.
      const named = credited.filter((one) => one.gross > 0)
      return [{ group, tax, credited: named.length > 0 ? named : credited.slice(0, 1) }]
    }),
  )
}

function creditOf(parts: readonly { group: TaxGroup; credited: CreditedLine[]; tax: Money }[]): Credit {
  const taxes = parts.map(({ group, credited, tax }): TaxTotal => {
    const { taxRate: rate, taxMode: mode } = group.lines[0]!.line
    return {
      rate,
      mode,
      base: withoutTax(sum(credited.map((part) => part.net)), { mode, amount: tax }),
      amount: tax,
    }
  })
  return {
    lines: parts.flatMap((part) => part.credited),
    taxes,
    total: sum(taxes.flatMap((tax) => [tax.base, tax.amount])),
  }
}

function groupsOf(lines: readonly CreditableLine[], earlier: readonly Credit[]): TaxGroup[] {
  const groups = new Map<string, OpenLine[]>()
  for (const line of lines.filter((one) => netOf(one) > 0)) {
    const done = creditedOf(line.id, earlier)
    const open = {
      line,
      net: netOf(line),
      grossDone: sum(done.map((part) => part.gross)),
      netDone: sum(done.map((part) => part.net)),
    }
    const key = `${line.taxMode} ${line.taxRate}`
    groups.set(key, [...(groups.get(key) ?? []), open])
  }
  return [...groups.values()].map((open) => {
    const { taxRate: rate, taxMode: mode } = open[0]!.line
    const base = sum(open.map((line) => line.net))
    const before = earlier
      .flatMap((credit) => credit.taxes)
      .filter((tax) => tax.rate === rate && tax.mode === mode)
    return {
      lines: open,
      base,
      tax: taxOn(base, rate, mode),
      baseDone: sum(open.map((line) => line.netDone)),
      taxDone: sum(before.map((tax) => tax.amount)),
    }
  })
}

function creditedOf(lineId: string, earlier: readonly Credit[]): CreditedLine[] {
  return earlier.flatMap((credit) => credit.lines).filter((part) => part.lineId === lineId)
}

function leftOfGroup(group: TaxGroup): Money {
  const base = group.base - group.baseDone
  return isInside(group) ? money(base) : money(base + group.tax - group.taxDone)
}

function isInside(group: TaxGroup): boolean {
  return group.lines[0]!.line.taxMode === 'inclusive'
}

/**
 * Returns the tax credited once `done` of `whole` is: all of it at the end, so the notes of an invoice always
 * add up to its tax.
 */
function taxAt(group: TaxGroup, done: Money, whole: Money): Money {
  return Math.max(group.taxDone, scale(group.tax, done, whole))
}

/**
 * At most the part itself, and enough that the rest is not more than is left of the base: amounts rounded
 * from a growing sum cannot be further off.
 */
function taxOfPart(group: TaxGroup, part: Money): Money {
  const total = isInside(group)
    ? taxAt(group, group.baseDone + part, group.base)
    : taxAt(group, group.baseDone + group.taxDone + part, group.base + group.tax)
  return money(total - group.taxDone)
}

/**
 * Takes the discount's share off an amount of a line; the shares add up to the discount. Here and in
 * `shareOfGross` the credited net is always the rounded share of the credited gross, so that neither it nor
 * the discount's share can shrink or exceed the line's.
 */
function shareOfNet({ line, net, grossDone, netDone }: OpenLine, amount: Money): CreditedLine {
  return { lineId: line.id, gross: amount, net: money(scale(net, grossDone + amount, line.amount) - netDone) }
}

/** Returns the amount of a line before its discount of which `part` is left after the discount's share. */
function shareOfGross({ line, net, grossDone, netDone }: OpenLine, part: Money): CreditedLine {
  return {
    lineId: line.id,
    gross: part === 0 ? 0 : money(scale(line.amount, netDone + part, net) - grossDone),
    net: part,
  }
}
