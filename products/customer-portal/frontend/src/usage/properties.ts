import type { UsageEvent } from '@customer-portal/portal-api/contract'

const mostColumns = 4

/** The property keys to show as columns: those most events of the page have. */
export function propertyColumns(events: readonly UsageEvent[]): string[] {
  const counts = new Map<string, number>()
  for (const event of events)
    for (const key of Object.keys(event.properties)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, mostColumns)
    .map(([key]) => key)
}

/**
 * A property of an event; a name that every object has, such as `constructor`, is one only where the event
 * has it.
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
 * What the demo and the desk call the channels, which have a name in each language; other values of a
 * property are shown as they were sent.
 */
export const knownChannels = ['web', 'wechat', 'app', 'email', 'phone'] as const
type ChannelTexts = (key: `channel.${(typeof knownChannels)[number]}`) => string

/** A property's value as a reader sees it. */
export function propertyValue(key: string, value: unknown, t: ChannelTexts): string {
  const known = key === 'channel' ? knownChannels.find((channel) => channel === value) : undefined
  return known ? t(`channel.${known}`) : propertyText(value)
}

/**
 * The value that a reader means by what they see, where the events on show have it: another vendor may send
 * that very word.
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

/**
 * What a property is called: those that most vendors send have a name, others are shown as they were sent.
 */
export function propertyName(key: string, t: (key: `property.${(typeof named)[number]}`) => string): string {
  const known = named.find((name) => name === key)
  return known ? t(`property.${known}`) : key
}
