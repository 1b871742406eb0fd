interface Attempt {
  email: string
  address: string
  now: string
}

export interface LoginAttempts {
  /** Whole seconds until this e-mail may be tried again from this address; 0 when it may now. */
  secondsToWait(attempt: Attempt): number
  /**
   * Counts an attempt as failed before its password is checked; otherwise a burst of guesses would pass
   * before the first one has failed.
   */
  begin(attempt: Attempt): void
  /**
   * Removes the attempt and earlier failures of this e-mail from this address. Other failures of the address
   * stay, or one valid account would allow guessing at others.
   */
  succeeded(attempt: Attempt): void
}

const window = 15 * 60_000
/**
 * Failures allowed in the window: per pair of e-mail and address, per e-mail (guessed at from many places),
 * and per address (many people behind one).
 */
const allowed = { pair: 5, email: 20, address: 30 }
type Kind = keyof typeof allowed
const kinds = Object.keys(allowed) as Kind[]

/**
 * Counts failed logins of the last 15 minutes in memory. Beyond `limit` keys the oldest failures are dropped.
 */
export function createLoginAttempts({ limit = 10_000 } = {}): LoginAttempts {
  const failures = new Map<string, { count: number; at: number }>()

  function waitFor(kind: Kind, attempt: Attempt): number {
    const known = failures.get(keyOf(kind, attempt))
    if (!known || known.count < allowed[kind]) return 0
    return Math.max(0, known.at + window - Date.parse(attempt.now))
  }

  function count(kind: Kind, attempt: Attempt) {
    const key = keyOf(kind, attempt)
    const at = Date.parse(attempt.now)
    const known = failures.get(key)
    const fresh = known !== undefined && at - known.at < window
    failures.delete(key) // reinserted at the end: a Map keeps insertion order
    failures.set(key, { count: fresh ? known.count + 1 : 1, at })
    const oldest = failures.keys().next().value
    if (failures.size > limit && oldest !== undefined) failures.delete(oldest)
  }

  function takeBack(kind: Kind, attempt: Attempt) {
    const known = failures.get(keyOf(kind, attempt))
    if (known) known.count = Math.max(0, known.count - 1)
  }

  return {
    secondsToWait: (attempt) => Math.ceil(Math.max(...kinds.map((kind) => waitFor(kind, attempt))) / 1000),
    begin: (attempt) => {
      for (const kind of kinds) count(kind, attempt)
    },
    succeeded(attempt) {
      failures.delete(keyOf('pair', attempt))
      takeBack('email', attempt)
      takeBack('address', attempt)
    },
  }
}

function keyOf(kind: Kind, { email, address }: Attempt): string {
  const name = email.trim().toLowerCase()
  return kind === 'pair' ? `${kind} ${name} ${address}` : `${kind} ${kind === 'email' ? name : address}`
}
