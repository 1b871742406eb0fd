import type { UsageEvent } from '@customer-portal/portal-api/contract'

const maxColumns = 4

/** The property keys shown as columns: those most events of the page have. */
export function propertyColumns(events: readonly UsageEvent[]): string[] {
  const counts = new Map<string, number>()
  for (const event of events)
    for (const key of Object.keys(event.properties)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, maxColumns)
    .map(([key]) => key)
}

/**
 * An event's property; a name that every object has, such as `constructor`, counts only as an own property.
 */
export function propertyOf({ properties }: UsageEvent, name: string): unknown {
  return Object.hasOwn(properties, name) ? properties[name] : undefined
}

/** A property's value as one line of text. */
export function propertyText(value: unknown): string {
  if (value === undefined || value === null) return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/**
 * The channels of the demo and the workbench, which have a name in each language; other values are shown as
 * they were sent.
 */
export const knownChannels = ['web', 'wechat', 'app', 'email', 'phone'] as const
type ChannelTexts = (key: `channel.${(typeof knownChannels)[number]}`) => string

/** A property's value as it is shown. */
export function propertyValue(key: string, value: unknown, t: ChannelTexts): string {
  const known = key === 'channel' ? knownChannels.find((channel) => channel === value) : undefined
  return known ? t(`channel.${known}`) : propertyText(value)
}

/**
 * The value a reader means by a shown name, if the listed events have it: another vendor may send that very
 * word.
 */
export function meantValue(
  key: string,
  said: string,
  t: ChannelTexts,
  events: readonly UsageEvent[],
): string {
  const channel =
    key === 'channel' ? knownChannels.find((one) => t(`channel.${one}`) === said.trim()) : undefined
  return channel !== undefined && events.some((event) => propertyOf(event, key) === channel) ? channel : said
}

const named = ['channel', 'assistant', 'model', 'agent'] as const

/** A property's name: common ones are translated, others are shown as they were sent. */
export function propertyName(key: string, t: (key: `property.${(typeof named)[number]}`) => string): string {
  const known = named.find((name) => name === key)
  return known ? t(`property.${known}`) : key
}
