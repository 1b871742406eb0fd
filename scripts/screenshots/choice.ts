/** Which pictures to take, by name, and a callback for each file. */
export interface Choice {
  wanted(name: string): boolean
  tell(file: string): void
}
