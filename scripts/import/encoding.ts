export const encodings = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const

export type Encoding = (typeof encodings)[number]
